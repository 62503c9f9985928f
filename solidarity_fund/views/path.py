"""Where a request is on its way, and the one thing that this person does next. No query: the page has read everything."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P

from ..enums import UNDECIDED, Advance, Paper, RequestState
from ..models import BenefitRequest, Sitting
from ..selectors.commission import may_sit
from ..selectors.procedures import Clock
from ..selectors.proofs import ProofFigures

S = RequestState


@dataclass(frozen=True)
class NextStep:
    """What is to be done now, by whom, and the button for whoever may do it (empty: it is somebody else's)."""

    words: str
    who: str
    label: str = ""
    url: str = ""


def path_of(row: BenefitRequest) -> list[dict[str, Any]]:
    """The five steps of every request, as `{% steps %}` draws them."""
    labels = [_("Richiesta"), _("Istruttoria"), _("Decisione"), _("Versamento"), _("Prova")]
    reached = {
        S.SUBMITTED: 1,
        S.INCOMPLETE: 1,
        S.READY: 2,
        S.GRANTED: 3,
        S.PAID: 5 if row.closed_on or row.proof_due_on is None else 4,
        S.REFUSED: 5,
        S.WITHDRAWN: 5,
        S.REVOKED: 5,
    }[RequestState(row.state)]
    shown = labels if row.state not in (S.REFUSED, S.WITHDRAWN, S.REVOKED) else labels[: 1 if row.state == S.WITHDRAWN else 3]
    return [{"label": label, "state": "done" if n < reached else "current" if n == reached else "todo"} for n, label in enumerate(shown)]


def next_step(
    row: BenefitRequest, access: Access, *, clock: Clock | None, figures: ProofFigures | None, minutes_of: Sitting | None = None
) -> NextStep | None:
    """None when there is nothing left to do. `minutes_of`: the sitting whose minutes are to be approved before anything is paid."""

    def to(name: str, label: str, right: P, *args: Any) -> dict[str, str]:
        own = access.actor_id in row.authors and right in (P.SCREEN_BENEFITS,)
        if not access.may(right) or own:
            return {}
        return {"label": label, "url": reverse(f"solidarity_fund:{name}", args=[row.public_id, *args])}

    if row.state == S.INCOMPLETE:
        return NextStep(
            _("Manca qualcosa: va mandato all'ufficio."),
            _("chi ha fatto la richiesta"),
            **to("complete", _("Manda quello che manca"), P.ASK_BENEFITS),
        )
    if row.state in UNDECIDED and clock and clock.notice:
        return _refusing(row, access, clock, to)
    if row.state == S.SUBMITTED:
        return NextStep(
            _("L'ufficio guarda se la richiesta è completa."),
            _("il coordinatore, o un collega"),
            **to("screen", _("Fai l'istruttoria"), P.SCREEN_BENEFITS),
        )
    if row.state == S.READY:
        if access.may(P.GIVE_OPINIONS):
            return NextStep(
                _("La commissione legge e dice la sua."), _("la commissione"), **to("opinion", _("Di' la tua"), P.GIVE_OPINIONS)
            )
        return NextStep(_("Si decide: in una seduta della commissione."), _("la commissione"), **_sittings(access))
    if row.state == S.GRANTED and minutes_of:
        return NextStep(
            _("Manca il verbale: i soldi si versano quando è approvato (regola 68)."),
            _("la commissione, chi non ha chiuso la seduta"),
            **_minutes(access, minutes_of),
        )
    if row.state == S.GRANTED:
        return NextStep(
            _("I soldi sono messi da parte: vanno versati."),
            _("la ragioneria, mai chi ha deciso"),
            **to("pay", _("Registra il versamento"), P.PAY_BENEFITS),
        )
    if row.state == S.PAID and not row.closed_on and row.advance == Advance.NOT_RATIFIED:
        return NextStep(
            _("L'anticipo non è stato ratificato: i soldi tornano al fondo."),
            _("la ragioneria"),
            **to("back", _("Segna i soldi tornati"), P.PAY_BENEFITS),
        )
    if row.state == S.PAID and not row.closed_on and figures:
        if figures.waiting:
            return NextStep(_("C'è una prova da controllare."), _("la ragioneria"), **to("proofs", _("Controlla la prova"), P.PAY_BENEFITS))
        if row.proof_due_on and figures.left:
            return NextStep(
                _("Serve la prova della spesa."), _("chi segue la persona"), **to("proofs", _("Carica la prova"), P.ASK_BENEFITS)
            )
        if row.advance == Advance.OPEN:
            return NextStep(_("L'anticipo va ratificato dalla commissione."), _("la commissione"), **_sittings(access))
    return None


def _refusing(row: BenefitRequest, access: Access, clock: Clock, to: Any) -> NextStep:
    assert clock.notice
    if clock.notice.delivered_on is None:
        return NextStep(
            _("Il preavviso va consegnato alla persona."),
            _("chi segue la persona"),
            **to("deliver", _("Registra la consegna"), P.ASK_BENEFITS, Paper.NOTICE),
        )
    if clock.may_refuse:
        return NextStep(
            _("Il preavviso ha fatto il suo tempo: si decide."),
            _("il coordinatore, o la commissione"),
            **to("decide", _("Decidi"), P.GRANT_BENEFITS),
        )
    return NextStep(
        _("La persona può rispondere al preavviso."),
        _("la persona, con chi la segue"),
        **to("observations", _("Scrivi che cosa risponde"), P.ASK_BENEFITS),
    )


def _minutes(access: Access, sitting: Sitting) -> dict[str, str]:
    if not may_sit(access):
        return {}
    return {"label": _("Vai al verbale"), "url": reverse("solidarity_fund:sitting", args=[sitting.public_id])}


def _sittings(access: Access) -> dict[str, str]:
    if not access.may(P.KEEP_SITTINGS) or not may_sit(access):
        return {}
    return {"label": _("Vai alle sedute"), "url": reverse("solidarity_fund:sittings")}
