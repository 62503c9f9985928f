"""Pages of requests."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Guarded, Page, SeeOther, ServiceForm, say_done, serve_upload
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Pot

from ..forms import requests as forms
from ..forms.common import ReasonForm, pot_choices
from ..models import BenefitRequest
from ..selectors import requests as selectors
from ..services import requests as services
from ..transitions import REQUEST


class Requests(Page):
    template_name = "solidarity_fund/requests.html"
    permission = Permission.SEE_FUND

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        form = forms.RequestFilter(query or None)
        state = form.cleaned_data["stato"] if form.is_valid() else ""
        page = selectors.requests_page(self.access, query, state=state)
        return super().get_context_data(
            requests=page.rows,
            filter=form,
            is_filtered=bool(state),
            pager=page.urls(query),
            may_ask=self.access.may(Permission.ASK_BENEFITS),
            **kwargs,
        )


class NewRequest(ServiceForm):
    template_name = "solidarity_fund/new_request.html"
    form_class = forms.RequestForm
    permission = Permission.ASK_BENEFITS

    def get_initial(self) -> dict[str, Any]:
        return {"placement": self.request.GET.get("tirocinio", "")}

    def get_form_kwargs(self) -> dict[str, Any]:
        self.placements = selectors.placements_for_benefit(self.access, today=timezone.localdate())
        choices = [(str(p.public_id), f"{p.beneficiary} · {p.company} · {p.get_state_display()}") for p in self.placements]
        return {**super().get_form_kwargs(), "placements": choices}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "has_placements": bool(self.placements)}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        row = services.ask_benefit(
            placement=next(p for p in self.placements if str(p.public_id) == data["placement"]),
            kind=data["kind"],
            amount=data["amount"],
            quote=data["quote"],
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("La richiesta è partita: adesso la guarda un'altra persona."))
        return reverse("solidarity_fund:request", args=[row.public_id])


class RequestPage(Page):
    template_name = "solidarity_fund/request.html"
    permission = Permission.SEE_FUND

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = selectors.request_for(self.access, self.kwargs["public_id"])
        return super().get_context_data(
            row=row,
            steps={step.name for step in REQUEST.available(row.state, self.access)},
            movements=treasury.entries_of(self.access, selectors.REQUEST_TYPE, row.pk),
            has_act=selectors.act_of(row) is not None,
            may_open=self.access.may(Permission.SEE_PLACEMENTS),
            **kwargs,
        )


class ActFile(Guarded):
    """The copy of the outside act that was the second key."""

    permission = Permission.SEE_FUND

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return serve_upload(selectors.act_for(self.access, kwargs["public_id"]), by=self.access)


class RequestStep(ServiceForm):
    """A form about one request, shown only in the states its step starts from."""

    row: BenefitRequest
    step: str

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        return response if self.row.state in REQUEST[self.step].sources else SeeOther(self.here())

    def get_form_kwargs(self) -> dict[str, Any]:
        self.row = selectors.request_for(self.access, self.kwargs["public_id"])
        return super().get_form_kwargs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "row": self.row, "step": self.step}

    def here(self) -> str:
        return reverse("solidarity_fund:request", args=[self.row.public_id])


class Decide(RequestStep):
    template_name = "solidarity_fund/decide.html"
    form_class = forms.DecisionForm
    permission = Permission.GRANT_BENEFITS
    step = "granted"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        pots = pot_choices(treasury.balances(self.access, use=Pot.Use.FUND))
        return {**kwargs, "pots": pots, "current_version": self.row.row_version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context, today = super().get_context_data(**kwargs), timezone.localdate()
        return {
            **context,
            "ceiling": selectors.ceiling_of(self.row, today=today),
            "criteria": selectors.criteria_act(self.row, today=today),
            "is_own": self.row.created_by_id == self.access.actor_id,
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
            services.grant_benefit(pot=treasury.pot_for(self.access, data["pot"], use=Pot.Use.FUND), **common)
            say_done(self.request, _("Aiuto concesso: i soldi sono messi da parte. Adesso la ragioneria può versarli."))
        else:
            services.refuse_benefit(**common)
            say_done(self.request, _("Decisione registrata, con il suo motivo."))
        return self.here()

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)


class Withdraw(RequestStep):
    template_name = "solidarity_fund/step.html"
    form_class = ReasonForm
    permission = Permission.ASK_BENEFITS
    step = "withdrawn"

    def act(self, form: Any) -> str:
        services.withdraw_benefit(request=self.row, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("La richiesta è ritirata."))
        return self.here()


class Pay(RequestStep):
    template_name = "solidarity_fund/step.html"
    form_class = forms.PaymentForm
    permission = Permission.PAY_BENEFITS
    step = "paid"

    def get_initial(self) -> dict[str, Any]:
        return {"paid_on": timezone.localdate()}

    def act(self, form: Any) -> str:
        services.pay_benefit(request=self.row, paid_on=form.cleaned_data["paid_on"], by=self.access, today=timezone.localdate())
        say_done(self.request, _("Versamento registrato."))
        return self.here()
