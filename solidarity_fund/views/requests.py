"""Pages of requests: the list, one request at a glance, and each step of its way."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.forms import ReasonForm
from impresasolidale.core.spreadsheets import file_urls, table_response
from impresasolidale.core.views import Guarded, Page, ServiceForm, say_done, serve_upload
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Pot

from ..enums import UNSETTLED, Advance, BenefitKind, RequestState
from ..forms import requests as forms
from ..forms.common import pot_choices
from ..selectors import commission as commission_selectors
from ..selectors import conflicts as conflict_selectors
from ..selectors import criteria as criteria_selectors
from ..selectors import goods as goods_selectors
from ..selectors import procedures as procedure_selectors
from ..selectors import proofs as proof_selectors
from ..selectors import requests as selectors
from ..services import payees
from ..services import requests as services
from ..transitions import REQUEST
from .common import OfRequest, sources
from .path import next_step, path_of


class _Asked(Guarded):
    """The list and its file: the same filters."""

    permission = Permission.SEE_FUND

    def asked(self) -> tuple[Any, dict[str, str]]:
        form = forms.RequestFilter(self.request.GET or None)
        wanted = form.cleaned_data if form.is_valid() else {}
        return form, {"state": wanted.get("stato", ""), "kind": wanted.get("tipo", ""), "only": wanted.get("solo", "")}


class Requests(_Asked, Page):
    template_name = "solidarity_fund/requests.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        form, wanted = self.asked()
        page = selectors.requests_page(self.access, query, **wanted)
        return super().get_context_data(
            requests=page.rows,
            filter=form,
            is_filtered=any(wanted.values()),
            pager=page.urls(query),
            may_ask=self.access.may(Permission.ASK_BENEFITS),
            may_sit=commission_selectors.may_sit(self.access),
            **file_urls("solidarity_fund:requests_file", query),
            **kwargs,
        )


class RequestsFile(_Asked):
    """What the list shows, in a file; instead of the name the code of the request: a name never leaves beside an amount (rule 71)."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        head = [
            _("Richiesta"), _("Aiuto"), _("Urgente"), _("Stato"), _("Chiesto il"), _("Prova della spesa entro il"), _("Concluso il"),
            _("Da ratificare"), _("Importo"),
        ]  # fmt: skip
        yes = _("sì")
        rows = [
            [
                row.code,
                str(row.get_kind_display()),
                yes if row.is_urgent else "",
                str(row.get_state_display()),
                row.asked_on,
                row.proof_due_on if row.state == RequestState.PAID else None,
                row.closed_on,
                yes if row.advance == Advance.OPEN else "",
                row.amount,
            ]
            for row in selectors.requests_file(self.access, **self.asked()[1])
        ]
        return table_response(kind, name=f"richieste-{timezone.localdate():%Y-%m-%d}", head=head, rows=rows)


class NewRequest(ServiceForm):
    template_name = "solidarity_fund/new_request.html"
    form_class = forms.RequestForm
    permission = Permission.ASK_BENEFITS

    def get_initial(self) -> dict[str, Any]:
        return {"placement": self.request.GET.get("tirocinio", "")}

    def get_form_kwargs(self) -> dict[str, Any]:
        today = timezone.localdate()
        self.placements = selectors.placements_for_benefit(self.access, today=today)
        self.criteria = criteria_selectors.criteria_on(self.access, today)
        choices = [(str(p.public_id), f"{p.beneficiary} · {p.company} · {p.get_state_display()}") for p in self.placements]
        kinds = None
        if self.criteria:
            offered = {row.kind for row in self.criteria.kinds.all()}
            kinds = [(kind.value, kind.label) for kind in BenefitKind if kind in offered]
        return {**super().get_form_kwargs(), "placements": choices, "kinds": kinds}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "has_placements": bool(self.placements), "criteria": self.criteria}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        row = services.ask_benefit(
            placement=next(p for p in self.placements if str(p.public_id) == data["placement"]),
            kind=data["kind"],
            amount=data["amount"],
            quote=data["quote"],
            need=data["need"],
            isee=data["isee"],
            isee_on=data["isee_on"],
            is_urgent=data["is_urgent"],
            payee=form.payee,
            quote_file=data["quote_file"],
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("La richiesta è partita: adesso la guarda un'altra persona."))
        return reverse("solidarity_fund:request", args=[row.public_id])


class RequestPage(Page):
    """Where it is, who must do what, and everything that was done."""

    template_name = "solidarity_fund/request.html"
    permission = Permission.SEE_FUND

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, access = timezone.localdate(), self.access
        row = selectors.request_for(access, self.kwargs["public_id"])
        clock = procedure_selectors.clock_of(row, today=today)
        is_member = selectors.sits_only(access)
        is_aside = selectors.stands_aside(access, row, today=today)
        is_paid = row.state == "paid"
        figures = proof_selectors.figures_of(row) if is_paid else None
        case = commission_selectors.case_of(row)
        return super().get_context_data(
            row=row,
            steps={step.name for step in REQUEST.available(row.state, access)},
            path=path_of(row),
            next=next_step(row, access, clock=clock, figures=figures, minutes_of=commission_selectors.minutes_awaited(row, case)),
            clock=clock,
            case=case,
            payee=None if is_member else selectors.payee_of(row),
            quote=None if is_aside else selectors.quote_of(row),
            isee=selectors.isee_of(row),
            figures=figures,
            pieces=goods_selectors.pieces_of(row),
            is_member=is_member,
            may_sit=commission_selectors.may_sit(access),
            is_aside=is_aside,
            movements=treasury.entries_of(access, selectors.REQUEST_TYPE, row.pk),
            has_act=not is_aside and selectors.act_of(row) is not None,
            may={p.name.lower(): access.may(p) for p in Permission if p.endswith(("_benefits", "_sittings", "_opinions"))},
            may_open=access.may(Permission.SEE_PLACEMENTS),
            may_open_goods=access.may(Permission.ASK_BENEFITS) or access.may(Permission.RECORD_CONTRIBUTIONS),
            **kwargs,
        )


class ActFile(Guarded):
    """The copy of the outside act that was the second key."""

    permission = Permission.SEE_FUND

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return serve_upload(selectors.act_for(self.access, kwargs["public_id"], today=timezone.localdate()), by=self.access)


class QuoteFile(Guarded):
    permission = Permission.SEE_FUND

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return serve_upload(selectors.quote_for(self.access, kwargs["public_id"], today=timezone.localdate()), by=self.access)


# --- The office looks at it


class Screen(OfRequest):
    template_name = "solidarity_fund/screen.html"
    form_class = forms.ScreenForm
    permission = Permission.SCREEN_BENEFITS
    states = sources("screened")
    title = gettext_lazy("Istruttoria della richiesta")
    button = gettext_lazy("Vai avanti")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        self.people = selectors.responsible_people(self.access, on=timezone.localdate())
        return {**kwargs, "people": forms.people_choices(self.people)}

    def get_initial(self) -> dict[str, Any]:
        return {"result": "whole", "responsible": str(self.access.actor_id)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        context = super().get_context_data(**kwargs)
        people = commission_selectors.members(self.access, on=today)
        found = conflict_selectors.conflicts_of([self.row], people, on=today)
        return {
            **context,
            "checks": selectors.checks_of(self.row, criteria_selectors.offer_of(self.access, self.row, None, on=today), today=today),
            "payee": selectors.payee_of(self.row),
            "conflicts": [(user, [r.label for r in found[self.row.pk, user.pk]]) for user in people if found[self.row.pk, user.pk]],
            "is_own": self.access.actor_id in self.row.authors,
        }

    def act(self, form: Any) -> str:
        data, today = form.cleaned_data, timezone.localdate()
        if data["result"] == "missing":
            services.return_request(request=self.row, what=data["what"], due_on=data["due_on"], by=self.access, today=today)
            say_done(self.request, _("La richiesta torna a chi l'ha fatta: intanto il termine si ferma."))
        else:
            chosen = next(user for user in self.people if str(user.pk) == data["responsible"])
            services.screen_request(request=self.row, responsible=chosen, by=self.access, today=today)
            say_done(self.request, _("Istruttoria completa: adesso si decide."))
        return self.back()


class Complete(OfRequest):
    form_class = forms.CompleteForm
    permission = Permission.ASK_BENEFITS
    states = sources("completed")
    title = gettext_lazy("Manda quello che mancava")
    lead = gettext_lazy("Cambia solo quello che scrivi qui: il resto resta com'era.")
    button = gettext_lazy("Rimanda la richiesta")

    def act(self, form: Any) -> str:
        services.complete_request(request=self.row, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("Fatto: la richiesta torna all'istruttoria."))
        return self.back()


class Resume(OfRequest):
    form_class = ReasonForm
    permission = Permission.SCREEN_BENEFITS
    states = sources("resumed")
    title = gettext_lazy("Riprendi l'istruttoria")
    lead = gettext_lazy("Senza quello che mancava: scrivi perché si può andare avanti lo stesso.")
    button = gettext_lazy("Riprendi")

    def act(self, form: Any) -> str:
        services.resume_request(request=self.row, reason=form.cleaned_data["reason"], by=self.access, today=timezone.localdate())
        return self.back()


class EditPayee(OfRequest):
    """Who is paid; once the help is decided, whoever only pays writes the invoice alone."""

    form_class = forms.PayeeForm
    permission = Permission.SEE_FUND
    states = UNSETTLED
    title = gettext_lazy("A chi si versa")
    lead = gettext_lazy("Si può cambiare fino al versamento. L'IBAN si controlla mentre salvi.")
    button = gettext_lazy("Salva")

    def get_form_kwargs(self) -> dict[str, Any]:
        payees.require_payee(self.access)
        kwargs = super().get_form_kwargs()
        if there := selectors.payee_of(self.row):
            kwargs["initial"] = {
                "way": there.way,
                "payee_name": there.name,
                "payee_code": there.tax_code,
                "iban": there.iban or "",
                "invoice_number": there.invoice_number,
                "invoice_on": there.invoice_on,
            }
        return {**kwargs, "invoice_only": not payees.may_redirect(self.access, self.row.state)}

    def act(self, form: Any) -> str:
        wanted = form.payee if "way" in form.fields else payees.with_invoice(selectors.payee_of(self.row), **form.cleaned_data)
        payees.set_payee(request=self.row, payee=wanted, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Salvato."))
        return self.back()


# --- The decision


class Decide(OfRequest):
    template_name = "solidarity_fund/decide.html"
    form_class = forms.DecisionForm
    permission = Permission.GRANT_BENEFITS
    states = sources("granted")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        self.clock = procedure_selectors.clock_of(self.row, today=timezone.localdate())
        pots = pot_choices(
            treasury.balances(self.access, use=Pot.Use.FUND), criteria_selectors.purposes_of(self.access), kind=self.row.kind
        )
        observed = bool(self.clock and self.clock.procedure.observed_on)
        return {**kwargs, "pots": pots, "current_version": self.row.row_version, "observed": observed}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context, today = super().get_context_data(**kwargs), timezone.localdate()
        return {
            **context,
            "ceiling": selectors.ceiling_of(self.row, today=today),
            "isee": selectors.isee_of(self.row),
            "criteria": criteria_selectors.criteria_on(self.access, today),
            "clock": self.clock,
            "only_commission": self.row.rulebook.rules.severity(68) == "block",
            "is_own": self.access.actor_id in self.row.authors,
        }

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        common = {
            "request": self.row,
            "reason": data["reason"],
            "seen": data["row_version"],
            "act": data["act"],
            "act_file": data["act_file"],
            "by": self.access,
            "today": timezone.localdate(),
        }
        if data["decision"] == "grant":
            pot = treasury.pot_for(self.access, data["pot"], use=Pot.Use.FUND)
            services.grant_benefit(pot=pot, amount=data["amount"], **common)
            say_done(self.request, _("Aiuto concesso: i soldi sono messi da parte. Adesso la ragioneria può versarli."))
        else:
            services.refuse_benefit(answer=data.get("answer", ""), **common)
            say_done(self.request, _("Decisione registrata, con il suo motivo."))
        return self.back()

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)


class GiveAdvance(OfRequest):
    form_class = forms.AdvanceForm
    permission = Permission.KEEP_SITTINGS
    states = sources("granted")
    title = gettext_lazy("Anticipo urgente")
    lead = gettext_lazy("Prima della commissione, che poi lo ratifica. Se non lo ratifica, i soldi tornano al fondo.")
    button = gettext_lazy("Concedi l'anticipo")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        pots = pot_choices(
            treasury.balances(self.access, use=Pot.Use.FUND), criteria_selectors.purposes_of(self.access), kind=self.row.kind
        )
        return {**kwargs, "pots": pots, "current_version": self.row.row_version}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.grant_advance(
            request=self.row,
            pot=treasury.pot_for(self.access, data["pot"], use=Pot.Use.FUND),
            amount=data["amount"],
            seen=data["row_version"],
            by=self.access,
            today=timezone.localdate(),
        )
        say_done(self.request, _("Anticipo concesso: la ragioneria può versarlo. Adesso portalo in commissione."))
        return self.back()

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)


class Withdraw(OfRequest):
    form_class = ReasonForm
    permission = Permission.ASK_BENEFITS
    states = sources("withdrawn")
    title = gettext_lazy("Ritira la richiesta")
    lead = gettext_lazy("La richiesta resta nell'elenco, ma nessuno deve più decidere.")
    button = gettext_lazy("Ritira la richiesta")
    button_kind = "danger"

    def act(self, form: Any) -> str:
        services.withdraw_benefit(request=self.row, reason=form.cleaned_data["reason"], by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La richiesta è ritirata."))
        return self.back()


class Revoke(OfRequest):
    form_class = forms.RevokeForm
    permission = Permission.KEEP_SITTINGS
    states = sources("revoked")
    title = gettext_lazy("Togli la concessione")
    lead = gettext_lazy("L'aiuto non serve più, o non si può più dare: i soldi tornano liberi nel loro salvadanaio.")
    button = gettext_lazy("Togli la concessione")
    button_kind = "danger"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        return {**kwargs, "is_own": self.row.decided_by_id == self.access.actor_id}

    def act(self, form: Any) -> str:
        services.revoke_benefit(
            request=self.row,
            reason=form.cleaned_data["reason"],
            by=self.access,
            today=timezone.localdate(),
            act=form.cleaned_data["act"],
            act_file=form.cleaned_data.get("act_file"),
        )
        messages.success(self.request, _("Fatto: i soldi sono di nuovo liberi."))
        return self.back()


class Pay(OfRequest):
    template_name = "solidarity_fund/pay.html"
    form_class = forms.PaymentForm
    permission = Permission.PAY_BENEFITS
    states = sources("paid")
    title = gettext_lazy("Registra il versamento")
    lead = gettext_lazy("I soldi escono dal conto: questa riga del registro non si cancella.")
    button = gettext_lazy("Registra il versamento")

    def get_initial(self) -> dict[str, Any]:
        return {"paid_on": timezone.localdate()}

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        self.payee = selectors.payee_of(self.row)
        return {**kwargs, "current_version": self.payee.row_version if self.payee else 0}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "payee": self.payee,
            "person_way": selectors.person_way(self.row, on=timezone.localdate()),
            "is_advance": self.row.advance == Advance.OPEN,
        }

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.pay_benefit(
            request=self.row,
            paid_on=data["paid_on"],
            order_number=data["order_number"],
            seen=data["row_version"] or 0,
            by=self.access,
            today=timezone.localdate(),
        )
        say_done(self.request, _("Versamento registrato."))
        return self.back()

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)
