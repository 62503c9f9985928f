"""What goes out: one page that says which files there are and what each is for; and everything the Ambito owns."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.errors import DomainError
from impresasolidale.core.forms import Folded, WithAct
from impresasolidale.core.models import Look
from impresasolidale.core.views import FormPage, Guarded, Page, SeeOther, serve_stored

from . import selectors
from .enums import TakeOutState
from .forms import ReasonForm
from .models import TakeOut
from .services import takeout


def sections(access: Any) -> list[dict[str, str]]:
    """The parts of exchange that this access may open, for the tabs of its pages."""
    found = []
    if access.may(P.IMPORT_ATTENDANCE):
        found.append({"label": _("Importazioni"), "name": "exchange:home"})
    found.append({"label": _("Esportazioni"), "name": "exchange:exports"})
    if access.may(P.TAKE_OUT_DATA):
        found.append({"label": _("Tutti i dati"), "name": "exchange:take_outs"})
    if access.may(P.KEEP_HOOKS):
        found.append({"label": _("Avvisi a programmi"), "name": "exchange:hooks"})
    return found


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    here = f"exchange:{request.resolver_match.url_name}" if request.resolver_match else ""
    rows = sections(request.access)  # type: ignore[attr-defined]
    return [{"label": row["label"], "url": reverse(row["name"]), "active": row["name"] == here} for row in rows]


# Every file the program gives to somebody else: (for whom, [(the right to make it, its page, its name, what it is for)]).
FILES: tuple[tuple[Any, tuple[tuple[P, str, Any, Any], ...]], ...] = (
    (gettext_lazy("Per la tesoreria e la contabilità"), (
        (P.PREPARE_LIQUIDATIONS, "liquidations:list", gettext_lazy("Atti, distinte e file SEPA"),
         gettext_lazy("I contributi da versare: si trovano in ogni liquidazione.")),
        (P.RECORD_PAYMENTS, "attendance:taxed", gettext_lazy("Somme per la Certificazione Unica"),
         gettext_lazy("Chi ha avuto somme tassate nell'anno, per chi fa le certificazioni.")),
        (P.SEE_MONEY, "treasury:movements", gettext_lazy("Movimenti dei bilanci"),
         gettext_lazy("Ogni movimento con la sua origine, per il confronto con la contabilità dell'ente.")),
        (P.SEE_MONEY, "treasury:commitments", gettext_lazy("Impegni"),
         gettext_lazy("Quanto è impegnato e quanto resta, capitolo per capitolo.")),
    )),
    (gettext_lazy("Per assicurazioni e obblighi"), (
        (P.SEE_ALLOWANCES, "attendance:inail", gettext_lazy("Giorni assicurati all'INAIL"),
         gettext_lazy("I giorni di presenza per posizione e mese, per il premio.")),
        (P.PREPARE_PLACEMENTS, "agreements:communications", gettext_lazy("Comunicazioni obbligatorie"),
         gettext_lazy("Che cosa va comunicato e quando, da riportare nel portale regionale.")),
        (P.RECORD_PROTOCOL, "desk:to_register", gettext_lazy("Carte per il protocollo"),
         gettext_lazy("I documenti con i loro dati, da registrare insieme.")),
    )),
    (gettext_lazy("Per i sistemi della Regione e dell'INPS"), (
        (P.KEEP_CASE_FILE, "exchange:case_files", gettext_lazy("Cartella Sociale"),
         gettext_lazy("I passi di ogni caso nell'ordine della Regione, dall'accesso alla chiusura.")),
        (P.EXPORT_BENEFITS, "exchange:benefits", gettext_lazy("Prestazioni versate (SIUSS)"),
         gettext_lazy("Chi ha avuto che cosa, mese per mese, con i codici del tuo ente.")),
    )),
    (gettext_lazy("Per chi finanzia e per chi governa"), (
        (P.SEE_REPORTS, "reports:list", gettext_lazy("Rapporti"),
         gettext_lazy("Monitoraggi, fogli per i Comuni, pacchetto per chi finanzia: in Excel, CSV e PDF.")),
        (P.SEE_FUND, "solidarity_fund:requests", gettext_lazy("Richieste del fondo"),
         gettext_lazy("Aiuti chiesti, concessi e versati, con lo stato di ognuno.")),
        (P.SEE_PROJECTS, "projects:list", gettext_lazy("Rendiconti dei progetti"),
         gettext_lazy("Spese e risultati di ogni progetto finanziato.")),
    )),
    (gettext_lazy("Elenchi di lavoro"), (
        (P.SEE_COMPANIES, "hosts:tutors", gettext_lazy("Tutor aziendali"), gettext_lazy("Chi sono e dove, con i recapiti.")),
        (P.SEE_COMPANIES, "hosts:places", gettext_lazy("Posti nelle imprese"),
         gettext_lazy("Chi accoglie, quanti posti ci sono e da quando.")),
        (P.FOLLOW_VISITS, "monitoring:visits", gettext_lazy("Visite"), gettext_lazy("Le visite fatte e quelle da fare.")),
        (P.SEE_TRAINING, "training:list", gettext_lazy("Corsi"), gettext_lazy("Corsi, iscritti e ore.")),
    )),
)  # fmt: skip


def files_of(access: Any) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Those of FILES that this access may make, each with its address."""
    found = []
    for title, rows in FILES:
        mine = [{"url": reverse(name), "label": label, "text": text} for needed, name, label, text in rows if access.may(needed)]
        if mine:
            found.append((title, mine))
    return found


class Exports(Page):
    template_name = "exchange/exports.html"
    permission = P.SEE_RULES  # every role of an office; each file says by its own right who makes it

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(groups=files_of(self.access), tabs=tabs(self.request), **kwargs)


class TakeOuts(Page):
    template_name = "exchange/take_outs.html"
    permission = P.TAKE_OUT_DATA

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = selectors.take_outs(self.access)
        shown = [{"row": row, "is_mine": row.created_by_id == self.access.actor_id, "total": sum(row.tables.values())} for row in rows]
        return super().get_context_data(
            rows=shown,
            is_open=any(row.state in takeout.OPEN for row in rows),
            waits=any(row.state == TakeOutState.MAKING for row in rows),
            tabs=tabs(self.request),
            **kwargs,
        )


class AskTakeOut(FormPage):
    permission = P.TAKE_OUT_DATA
    form_class = ReasonForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {
            "title": _("Chiedi tutti i dati"),
            "lead": _(
                "Un file con tutto quello che l'Ambito ha qui dentro. Prima lo approva un'altra persona, poi lo scarichi una volta sola."
            ),
            "button": _("Chiedi"),
        }
        return super().get_context_data(**words, **kwargs)

    def back(self) -> str:
        return reverse("exchange:take_outs")

    def act(self, form: Any) -> str:
        takeout.ask(reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("Richiesta scritta: adesso tocca a un'altra persona."))
        return self.back()


class OfTakeOut:
    kwargs: dict[str, Any]
    access: Any
    permission: str | None = P.TAKE_OUT_DATA

    @cached_property
    def row(self) -> TakeOut:
        return selectors.take_out_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("exchange:take_outs")


class ApproveForm(WithAct):
    @property
    def fieldsets(self) -> Any:  # type: ignore[override]
        return [Folded((_("Hai chiesto tu i dati? Serve un atto"), ["act_number", "act_on", "act_file"]))]


class ApproveTakeOut(OfTakeOut, FormPage):
    form_class = ApproveForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {
            "title": _("Approva l'uscita di tutti i dati"),
            "lead": _("Motivo: %(reason)s. Chiesta da %(who)s.") % {"reason": self.row.reason.rstrip("."), "who": self.row.created_by},
            "button": _("Approva e prepara il file"),
        }
        return super().get_context_data(**words, **kwargs)

    def act(self, form: Any) -> str:
        takeout.approve(row=self.row, act=form.cleaned_data["act"], file=form.cleaned_data["act_file"], by=self.access)
        messages.success(self.request, _("Approvata: il file si prepara da solo."))
        return self.back()


class RefuseTakeOut(OfTakeOut, FormPage):
    form_class = ReasonForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _("Motivo: %(reason)s. Chiesta da %(who)s.") % {"reason": self.row.reason.rstrip("."), "who": self.row.created_by}
        return super().get_context_data(title=_("Non approvare"), lead=lead, button=_("Non approvare"), button_kind="danger", **kwargs)

    def act(self, form: Any) -> str:
        takeout.refuse(row=self.row, reason=form.cleaned_data["reason"], by=self.access)
        return self.back()


class DownloadTakeOut(OfTakeOut, Guarded):
    """Once, by who asked: a press, because it changes something."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            with transaction.atomic():
                row = takeout.give(row=self.row, by=self.access, now=timezone.now())
        except DomainError as error:
            messages.error(request, str(error.words))
            return SeeOther(self.back())
        words = {"content_type": "application/zip", "filename": "tutti-i-dati.zip", "as_attachment": True}
        return serve_stored(row.file_name, row, by=self.access, place="exchange:take_out", kind=Look.Kind.EXPORT, **words)
