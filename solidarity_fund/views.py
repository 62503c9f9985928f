"""Pages of the fund: HTTP in, one selector or service, HTTP out."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Guarded, Page, SeeOther, ServiceForm, say_done, serve_upload
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.charts import chart_of_months, first_month_shown
from impresasolidale.treasury.services import open_pot

from . import forms, selectors, services
from .models import BenefitRequest
from .selectors import FUND
from .transitions import REQUEST


class Home(Page):
    template_name = "solidarity_fund/home.html"
    permission = Permission.SEE_FUND

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, query = timezone.localdate(), self.request.GET
        pots = treasury.balances(self.access, use=FUND)
        form = forms.MovementFilter(query or None, pots=pots)
        wanted = form.cleaned_data if form.is_valid() else {}
        pot = next((p.pot for p in pots if str(p.pot.public_id) == wanted.get("salvadanaio")), None)
        page = treasury.movements(self.access, query, use=FUND, pot=pot, until=wanted.get("fino_al"))
        behind = selectors.requests_behind(self.access, [m.entry for m in page.rows])
        first = first_month_shown(today)
        return super().get_context_data(
            pots=pots,
            total={name: sum((getattr(p, name) for p in pots), treasury.ZERO) for name in ("received", "committed", "paid", "free")},
            chart=chart_of_months(treasury.months(self.access, use=FUND, since=first), today=today),
            filter=form,
            movements=[
                {"row": m, "url": reverse("solidarity_fund:request", args=[behind[m.entry.pk].public_id]) if m.entry.pk in behind else ""}
                for m in page.rows
            ],
            is_filtered=bool(pot or wanted.get("fino_al")),
            pager=page.urls(query),
            waiting=selectors.requests_waiting(self.access),
            may={
                p.name.lower(): self.access.may(p)
                for p in (Permission.RECORD_CONTRIBUTIONS, Permission.ASK_BENEFITS, Permission.GRANT_BENEFITS)
            },
            **kwargs,
        )


class NewPot(ServiceForm):
    template_name = "solidarity_fund/new_pot.html"
    form_class = forms.PotForm
    permission = Permission.RECORD_CONTRIBUTIONS

    def act(self, form: Any) -> str:
        pot = open_pot(name=form.cleaned_data["name"], purpose=form.cleaned_data["purpose"], use=FUND, by=self.access)
        messages.success(self.request, _("Il salvadanaio «%(name)s» è pronto.") % {"name": pot.name})
        return reverse("solidarity_fund:home")


# --- Donors


class Donors(Page):
    template_name = "solidarity_fund/donors.html"
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        form = forms.DonorFilter(query or None)
        text = form.cleaned_data["nome"] if form.is_valid() else ""
        page = selectors.donors_page(self.access, query, text=text)
        return super().get_context_data(donors=page.rows, filter=form, is_filtered=bool(text), pager=page.urls(query), **kwargs)


class DonorPage(Page):
    template_name = "solidarity_fund/donor.html"
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        donor = selectors.donor_for(self.access, self.kwargs["public_id"])
        gifts = selectors.contributions_of(self.access, donor)
        return super().get_context_data(
            donor=donor, gifts=gifts, total=sum((g.amount for g in gifts if not g.is_taken_back), treasury.ZERO), **kwargs
        )


class NewDonor(ServiceForm):
    template_name = "solidarity_fund/donor_form.html"
    form_class: Any = forms.DonorForm
    permission = Permission.RECORD_CONTRIBUTIONS

    def act(self, form: Any) -> str:
        donor = services.add_donor(values=form.cleaned_data, by=self.access)
        return reverse("solidarity_fund:donor", args=[donor.public_id])


class EditDonor(NewDonor):
    form_class = forms.DonorEditForm

    def get_form_kwargs(self) -> dict[str, Any]:
        self.donor = selectors.donor_for(self.access, self.kwargs["public_id"])
        return {**super().get_form_kwargs(), "instance": self.donor}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "donor": self.donor}

    def act(self, form: Any) -> str:
        donor = services.edit_donor(donor=self.donor, values=form.cleaned_data, seen=form.cleaned_data["row_version"], by=self.access)
        return reverse("solidarity_fund:donor", args=[donor.public_id])

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)


class NewContribution(ServiceForm):
    template_name = "solidarity_fund/new_contribution.html"
    form_class = forms.ContributionForm
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_initial(self) -> dict[str, Any]:
        return {"donor": self.request.GET.get("donatore", ""), "received_on": timezone.localdate()}

    def get_form_kwargs(self) -> dict[str, Any]:
        self.donors = selectors.donor_choices(self.access)
        self.pots = treasury.balances(self.access, use=FUND)
        donors = [(str(d.public_id), f"{d.name} ({d.get_kind_display()})") for d in self.donors]
        return {**super().get_form_kwargs(), "donors": donors, "pots": forms.pot_choices(self.pots)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "has_donors": bool(self.donors), "has_pots": bool(self.pots)}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        gift = services.record_contribution(
            donor=next(d for d in self.donors if str(d.public_id) == data["donor"]),
            pot=treasury.pot_for(self.access, data["pot"], use=FUND),
            amount=data["amount"],
            received_on=data["received_on"],
            reference=data["reference"],
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("Il contributo è nel registro. Adesso si può usare."))
        return reverse("solidarity_fund:donor", args=[gift.donor.public_id])


class TakeBack(ServiceForm):
    template_name = "solidarity_fund/take_back.html"
    form_class = forms.ReasonForm
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_form_kwargs(self) -> dict[str, Any]:
        self.gift = selectors.contribution_for(self.access, self.kwargs["public_id"])
        return super().get_form_kwargs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "gift": self.gift}

    def act(self, form: Any) -> str:
        services.take_back_contribution(
            contribution=self.gift, reason=form.cleaned_data["reason"], by=self.access, today=timezone.localdate()
        )
        messages.success(self.request, _("Fatto: nel registro c'è la riga contraria."))
        return reverse("solidarity_fund:donor", args=[self.gift.donor.public_id])


# --- Requests


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
        pots = forms.pot_choices(treasury.balances(self.access, use=FUND))
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
            services.grant_benefit(pot=treasury.pot_for(self.access, data["pot"], use=FUND), **common)
            say_done(self.request, _("Aiuto concesso: i soldi sono messi da parte. Adesso la ragioneria può versarli."))
        else:
            services.refuse_benefit(**common)
            say_done(self.request, _("Decisione registrata, con il suo motivo."))
        return self.here()

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)


class Withdraw(RequestStep):
    template_name = "solidarity_fund/step.html"
    form_class = forms.ReasonForm
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
