"""Pages of what was given, of its receipts and of what was promised."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.forms import ReasonForm
from impresasolidale.core.spreadsheets import file_urls, table_response
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm, serve_document
from impresasolidale.core.words import euro
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Pot

from ..forms import contributions as forms
from ..forms.common import donor_labels, pot_choices
from ..models import Contribution, GiftInKind, Pledge
from ..selectors import contributions as selectors
from ..selectors import donors, goods, holder, pledges, receipts
from ..selectors.criteria import purposes_of
from ..services import contributions as services
from ..services import pledges as pledge_services
from ..services import receipts as receipt_services
from ..transitions import PLEDGE


class NewContribution(ServiceForm):
    template_name = "solidarity_fund/new_contribution.html"
    form_class = forms.ContributionForm
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_initial(self) -> dict[str, Any]:
        query, today = self.request.GET, timezone.localdate()
        promised = next((p for p in self.pledges if str(p.public_id) == query.get("promessa")), None)
        if promised is None:
            return {"donor": query.get("donatore", ""), "received_on": today}
        return {
            "donor": str(promised.donor.public_id),
            "pot": str(promised.pot.public_id),
            "pledge": str(promised.public_id),
            "amount": promised.amount - promised.given,
            "received_on": today,
        }

    @cached_property
    def pledges(self) -> list[Any]:
        return pledges.open_pledges(self.access)

    def get_form_kwargs(self) -> dict[str, Any]:
        self.donors = donors.donor_choices(self.access)
        self.pots = treasury.balances(self.access, use=Pot.Use.FUND)
        left = _("%(name)s, mancano %(left)s")
        return {
            **super().get_form_kwargs(),
            "donors": donor_labels(self.donors),
            "pots": pot_choices(self.pots, purposes_of(self.access)),
            "pledges": [(str(p.public_id), left % {"name": p.donor.name, "left": euro(p.amount - p.given)}) for p in self.pledges],
            "comuni": selectors.comuni(self.access),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "has_donors": bool(self.donors), "has_pots": bool(self.pots)}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        gift = services.record_contribution(
            donor=next(d for d in self.donors if str(d.public_id) == data["donor"]),
            pot=treasury.pot_for(self.access, data["pot"], use=Pot.Use.FUND),
            amount=data["amount"],
            received_on=data["received_on"],
            reference=data["reference"],
            way=data["way"] or Contribution.Way.TRANSFER,
            pledge=next((p for p in self.pledges if str(p.public_id) == data["pledge"]), None),
            scope=data["scope"],
            restriction=data["restriction"],
            for_kind=data["for_kind"],
            for_comune=data["for_comune"],
            act=data["act"],
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("Il dono è nel registro. Adesso si può usare."))
        return reverse("solidarity_fund:donor", args=[gift.donor.public_id])


class TakeBack(ServiceForm):
    template_name = "solidarity_fund/take_back.html"
    form_class = ReasonForm
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_form_kwargs(self) -> dict[str, Any]:
        self.gift = selectors.contribution_for(self.access, self.kwargs["public_id"])
        return super().get_form_kwargs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "gift": self.gift, "receipt": receipts.receipt_of(self.gift)}

    def act(self, form: Any) -> str:
        services.take_back_contribution(
            contribution=self.gift, reason=form.cleaned_data["reason"], by=self.access, today=timezone.localdate()
        )
        messages.success(self.request, _("Fatto: nel registro c'è la riga contraria."))
        return reverse("solidarity_fund:donor", args=[self.gift.donor.public_id])


# --- Receipts


class OfGift(Action):
    """A step about a gift, in money or in kind; back to its giver."""

    permission = Permission.RECORD_CONTRIBUTIONS
    is_goods = False

    @cached_property
    def gift(self) -> Contribution | GiftInKind:
        find = goods.gift_for if self.is_goods else selectors.contribution_for
        return find(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("solidarity_fund:donor", args=[self.gift.donor.public_id])


class Receipt(OfGift):
    def act(self) -> str:
        paper = receipt_services.issue_receipt(subject=self.gift, by=self.access, today=timezone.localdate())
        messages.success(
            self.request, _("La ricevuta n. %(number)s è in preparazione: tra poco si scarica da qui.") % {"number": paper.number}
        )
        return self.back()


class GiveThanks(OfGift):
    def act(self) -> str:
        message = receipt_services.send_thanks(subject=self.gift, by=self.access, now=timezone.now())
        if message.channel == message.Channel.LETTER:
            messages.success(self.request, _("La lettera è pronta: stampala dalla posta e mettici dentro la ricevuta."))
        else:
            messages.success(self.request, _("Il ringraziamento è partito, con il collegamento alla ricevuta."))
        return self.back()


class ReceiptFile(Guarded):
    permission = Permission.RECORD_CONTRIBUTIONS

    def get(self, request: HttpRequest, public_id: Any) -> FileResponse:
        return serve_document(receipts.paper_for(self.access, public_id), by=self.access)


# --- Promises


class _AskedPledges(Guarded):
    """The list and its file: the same filter."""

    permission = Permission.RECORD_CONTRIBUTIONS

    def asked(self) -> tuple[forms.PledgeFilter, str]:
        form = forms.PledgeFilter(self.request.GET or None)
        return form, form.cleaned_data["stato"] if form.is_valid() else ""


class Pledges(_AskedPledges, Page):
    template_name = "solidarity_fund/pledges.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        form, state = self.asked()
        page = pledges.pledges_page(self.access, query, state=state)
        return super().get_context_data(
            pledges=page.rows,
            filter=form,
            is_filtered=bool(state),
            pager=page.urls(query),
            **file_urls("solidarity_fund:pledges_file", query),
            **kwargs,
        )


class PledgesFile(_AskedPledges):
    """What the list shows, in a file."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        head = [_("Chi promette"), _("Promesso il"), _("Salvadanaio"), _("Stato"), _("Promesso"), _("Arrivato")]
        rows = [
            [row.donor.name, row.promised_on, row.pot.name, str(row.get_state_display()), row.amount, row.given]
            for row in pledges.pledges_file(self.access, state=self.asked()[1])
        ]
        return table_response(kind, name=f"promesse-{timezone.localdate():%Y-%m-%d}", head=head, rows=rows)


class NewPledge(ServiceForm):
    template_name = "solidarity_fund/new_pledge.html"
    form_class = forms.PledgeForm
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_initial(self) -> dict[str, Any]:
        return {"donor": self.request.GET.get("donatore", "")}

    def get_form_kwargs(self) -> dict[str, Any]:
        self.donors = donors.donor_choices(self.access, named=True)
        self.pots = treasury.balances(self.access, use=Pot.Use.FUND)
        pots = pot_choices(self.pots, purposes_of(self.access))
        return {**super().get_form_kwargs(), "donors": donor_labels(self.donors), "pots": pots}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "has_donors": bool(self.donors), "has_pots": bool(self.pots)}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        pledge = pledge_services.promise(
            donor=next(d for d in self.donors if str(d.public_id) == data["donor"]),
            pot=treasury.pot_for(self.access, data["pot"], use=Pot.Use.FUND),
            by=self.access,
            today=timezone.localdate(),
            **{name: data[name] for name in ("amount", "first_on", "parts", "every_months", "purpose")},
        )
        messages.success(self.request, _("La promessa è scritta: qui sotto c'è come si versa ogni rata."))
        return reverse("solidarity_fund:pledge", args=[pledge.public_id])


class PledgePage(Page):
    template_name = "solidarity_fund/pledge.html"
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = pledges.pledge_for(self.access, self.kwargs["public_id"])
        return super().get_context_data(
            row=row,
            parts=pledges.parts_of(row),
            left=row.amount - row.given,
            how=holder.how_to_give(self.access, timezone.localdate()),
            steps=[step.name for step in PLEDGE.available(row.state, self.access)],
            is_open=row.state in pledges.OPEN,
            **kwargs,
        )


class WithdrawPledge(ServiceForm):
    template_name = "confirm.html"
    form_class = ReasonForm
    permission = Permission.RECORD_CONTRIBUTIONS

    @cached_property
    def row(self) -> Pledge:
        found: Pledge = pledges.pledge_for(self.access, self.kwargs["public_id"])
        return found

    def back(self) -> str:
        return reverse("solidarity_fund:pledge", args=[self.row.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("La promessa non si mantiene"),
            text=_("Quello che è arrivato resta; il resto non si aspetta più, e nessuno lo chiede."),
            action=_("Segna come ritirata"),
            danger=True,
            back_url=self.back(),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        pledge_services.withdraw_pledge(pledge=self.row, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("Scritto: non si aspetta più."))
        return self.back()
