"""Pages of the commission: a member's requests to decide, the sittings, one sitting."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Page, say_done
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Pot

from ..enums import CaseKind, RequestState
from ..forms import commission as forms
from ..forms.common import pot_choices
from ..models import BenefitRequest
from ..selectors import commission as selectors
from ..selectors import criteria as criteria_selectors
from ..selectors import procedures as procedure_selectors
from ..selectors import requests as request_selectors
from ..selectors.conflicts import aside_of
from ..services import commission as services
from . import sittings
from .common import OfRequest


class ToDecide(Page):
    """The first page of a member: what waits for an opinion, one button a row."""

    template_name = "solidarity_fund/to_decide.html"
    permission = Permission.GIVE_OPINIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            rows=selectors.to_decide(self.access, today=today),
            sittings=selectors.next_sittings(self.access, today=today) if selectors.may_sit(self.access) else [],
            **kwargs,
        )


class GiveOpinion(OfRequest):
    template_name = "solidarity_fund/opinion.html"
    form_class = forms.OpinionForm
    permission = Permission.GIVE_OPINIONS
    title = gettext_lazy("Il tuo parere")
    button = gettext_lazy("Scrivi il parere")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context, today = super().get_context_data(**kwargs), timezone.localdate()
        aside, hints = aside_of([self.row], [self.access.actor], on=today)
        key = (self.row.pk, self.access.actor_id)
        return {
            **context,
            "aside": aside.get(key, ""),
            "hint": hints.get(key, ""),
            "opinions": selectors.last_opinions([self.row])[self.row.pk] if key not in aside else [],
            "quote": request_selectors.quote_of(self.row) if key not in aside else None,
            "isee": request_selectors.isee_of(self.row),
        }

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.give_opinion(
            request=self.row,
            verdict=data["verdict"],
            amount=data["amount"],
            reason=data["reason"],
            by=self.access,
            today=timezone.localdate(),
        )
        say_done(self.request, _("Parere scritto. Finché non si vota puoi cambiarlo: conta l'ultimo."))
        return reverse("solidarity_fund:to_decide")


class StandAside(OfRequest):
    form_class = forms.AsideForm
    permission = Permission.GIVE_OPINIONS
    title = gettext_lazy("Mi astengo")
    lead = gettext_lazy(
        "Da adesso su questa richiesta niente parere e niente voto, e non conti per il numero legale. Non si torna indietro."
    )
    button = gettext_lazy("Mi astengo")

    def act(self, form: Any) -> str:
        services.stand_aside(request=self.row, reason=form.cleaned_data["reason"], by=self.access)
        say_done(self.request, _("Astensione scritta: resterà nel verbale."))
        return reverse("solidarity_fund:to_decide")


# --- Sittings


class Sittings(Page):
    template_name = "solidarity_fund/sittings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        page = selectors.sittings_page(self.access, query)
        return super().get_context_data(
            sittings=page.rows,
            pager=page.urls(query),
            waiting=selectors.cases_to_add(self.access) if self.access.may(Permission.KEEP_SITTINGS) else [],
            may_keep=self.access.may(Permission.KEEP_SITTINGS),
            **kwargs,
        )


class _Room:
    """Whose sittings these are."""

    room = "solidarity_fund"
    selectors = selectors
    services = services
    template_name: Any = "solidarity_fund/form.html"


class NewSitting(_Room, sittings.NewSitting):
    lead = gettext_lazy("I componenti della commissione ricevono una mail con il giorno e le richieste da leggere.")
    said = gettext_lazy("Seduta convocata. Adesso metti le richieste all'ordine del giorno.")


class SittingPage(_Room, sittings.SittingPage):
    template_name = "solidarity_fund/sitting.html"

    def case(self, view: selectors.CaseView, seats: list[Any]) -> dict[str, Any]:
        names = {seat.member_id: str(seat.member) for seat in seats}
        return {**super().case(view, seats), "hints": [(names[pk], why) for pk, why in sorted(view.hints.items())]}


class OpenSitting(_Room, sittings.OpenSitting):
    pass


class AddCases(_Room, sittings.OfSitting):
    form_class = forms.AgendaForm
    title = gettext_lazy("Ordine del giorno")
    lead = gettext_lazy("Le richieste pronte e gli anticipi da ratificare che non sono in un'altra seduta. Le urgenti sono in alto.")
    button = gettext_lazy("Aggiungi")
    template_name = "solidarity_fund/add_cases.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        self.found: list[BenefitRequest] = selectors.cases_to_add(self.access)
        choices = [(str(row.public_id), _case_label(row)) for row in self.found]
        return {**kwargs, "choices": choices}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "has_cases": bool(self.found)}

    def act(self, form: Any) -> str:
        wanted = set(form.cleaned_data["requests"])
        services.put_on_agenda(sitting=self.sitting, requests=[r for r in self.found if str(r.public_id) in wanted], by=self.access)
        return self.back()


def _case_label(row: BenefitRequest) -> str:
    words = f"{row.code} · {row.beneficiary} · {row.short_kind}"
    if row.state != RequestState.READY:
        return _("%(what)s · anticipo da ratificare") % {"what": words}
    return _("%(what)s · urgente") % {"what": words} if row.is_urgent else words


class CancelSitting(_Room, sittings.CancelSitting):
    lead = gettext_lazy("Le richieste potranno andare in un'altra seduta.")


class CloseSitting(_Room, sittings.CloseSitting):
    pass


class ApproveMinutes(_Room, sittings.ApproveMinutes):
    pass


class ReopenSitting(_Room, sittings.ReopenSitting):
    pass


class Minutes(_Room, sittings.Minutes):
    pass


# --- Cases


class _RoomCase(_Room):
    item: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**context, "row": self.item.request}


class CastVotes(_RoomCase, sittings.CastVotes):
    template_name = "solidarity_fund/case.html"

    def vote(self, member: Any, in_favour: bool) -> None:
        services.cast_vote(item=self.item, member=member, in_favour=in_favour, by=self.access, today=timezone.localdate())


class DecideCase(_RoomCase, sittings.OfCase):
    template_name = "solidarity_fund/case.html"
    form_class = forms.CaseForm
    title = gettext_lazy("L'esito del caso")
    button = gettext_lazy("Registra l'esito")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        clock = procedure_selectors.clock_of(self.item.request, today=timezone.localdate())
        pots = pot_choices(
            treasury.balances(self.access, use=Pot.Use.FUND), criteria_selectors.purposes_of(self.access), kind=self.item.request.kind
        )
        observed = bool(clock and clock.procedure.observed_on)
        return {**kwargs, "pots": pots, "observed": observed, "is_ratify": self.item.kind == CaseKind.RATIFY}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.decide_case(
            item=self.item,
            pot=treasury.pot_for(self.access, data["pot"], use=Pot.Use.FUND) if data.get("pot") else None,
            amount=data.get("amount"),
            reason=data["reason"],
            answer=data.get("answer", ""),
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("Esito registrato."))
        return self.back()


class PostponeCase(_RoomCase, sittings.PostponeCase):
    pass
