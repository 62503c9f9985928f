"""Pages of donors."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.forms import NewAccess
from impresasolidale.accounts.permissions import Permission
from impresasolidale.accounts.selectors import accesses_of
from impresasolidale.core.forms import ReasonForm
from impresasolidale.core.spreadsheets import file_urls, table_response
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm
from impresasolidale.treasury import selectors as treasury

from ..forms import donors as forms
from ..models import Donor
from ..selectors import contributions, goods, pledges
from ..selectors import donors as selectors
from ..services import donors as services
from .common import PlainForm


class _Asked(Guarded):
    """The list and its file: the same filter."""

    permission = Permission.RECORD_CONTRIBUTIONS

    def asked(self) -> tuple[forms.DonorFilter, str]:
        form = forms.DonorFilter(self.request.GET or None)
        return form, form.cleaned_data["nome"] if form.is_valid() else ""


class Donors(_Asked, Page):
    template_name = "solidarity_fund/donors.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        form, text = self.asked()
        page = selectors.donors_page(self.access, query, text=text)
        return super().get_context_data(
            donors=page.rows,
            filter=form,
            is_filtered=bool(text),
            pager=page.urls(query),
            **file_urls("solidarity_fund:donors_file", query),
            **kwargs,
        )


class DonorsFile(_Asked):
    """What the list shows, in a file."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        head = [_("Nome"), _("Tipo"), _("Pagina pubblica"), _("Doni in denaro"), _("In tutto")]
        rows = [
            [row.name, str(row.get_kind_display()), _("con il nome") if row.shows_name else _("senza nome"), row.gifts, row.given]
            for row in selectors.donors_file(self.access, text=self.asked()[1])
        ]
        return table_response(kind, name=f"donatori-{timezone.localdate():%Y-%m-%d}", head=head, rows=rows)


class DonorPage(Page):
    template_name = "solidarity_fund/donor.html"
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        donor = selectors.donor_for(self.access, self.kwargs["public_id"])
        gifts = contributions.contributions_of(self.access, donor)
        return super().get_context_data(
            donor=donor,
            gifts=gifts,
            goods=goods.goods_of(self.access, donor),
            pledges=pledges.pledges_of(self.access, donor),
            total=sum((g.amount for g in gifts if not g.is_taken_back), treasury.ZERO),
            is_anonymous=donor.kind == Donor.Kind.ANONYMOUS,
            accesses=accesses_of(self.access, timezone.localdate(), donor_id=donor.pk),
            may_invite=self.access.may(Permission.MANAGE_USERS),
            **kwargs,
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


class OfDonor:
    """A step about one donor."""

    kwargs: dict[str, Any]
    access: Any

    @cached_property
    def donor(self) -> Donor:
        return selectors.donor_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("solidarity_fund:donor", args=[self.donor.public_id])


class EndDonor(OfDonor, ServiceForm):
    """Nobody writes to them any more."""

    template_name = "confirm.html"
    form_class = ReasonForm
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Non contattare più"),
            text=self.donor.name,
            action=_("Non contattare più"),
            consequences=[
                _("I suoi collegamenti personali si chiudono, e il nome esce dalla pagina pubblica."),
                _("I doni e le ricevute restano: sono nei conti del fondo."),
            ],
            danger=True,
            back_url=self.back(),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.end_donor(donor=self.donor, reason=form.cleaned_data["reason"], by=self.access, now=timezone.now())
        messages.success(self.request, _("Fatto: nessuno gli scrive più."))
        return self.back()


class EraseDonor(EndDonor):
    """Name, code and addresses are forgotten, once the receipts need not be kept."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "title": _("Cancella i dati del donatore"),
            "action": _("Cancella i dati"),
            "consequences": [
                _("Nome, codice, posta e indirizzo si cancellano e non tornano."),
                _("Importi, giorni e numeri delle ricevute restano, senza nome."),
                _("Si può fare dieci anni dopo l'ultimo dono: fino ad allora le ricevute si conservano."),
            ],
        }

    def act(self, form: Any) -> str:
        services.erase_donor(donor=self.donor, reason=form.cleaned_data["reason"], by=self.access, today=timezone.localdate())
        messages.success(self.request, _("I dati sono cancellati."))
        return self.back()


class InviteDonor(OfDonor, PlainForm):
    """Somebody signs in for a donor, and reads its gifts and receipts."""

    form_class = NewAccess
    permission = Permission.MANAGE_USERS
    title = gettext_lazy("Dai un accesso")
    lead = gettext_lazy("Chi entra legge i doni di questo donatore, scarica le ricevute, e non vede niente di chi riceve.")
    button = gettext_lazy("Manda l'invito")

    def get_initial(self) -> dict[str, Any]:
        return {"email": self.donor.email}

    def crumb(self) -> str:
        return self.donor.name

    def act(self, form: Any) -> str:
        services.invite_for(donor=self.donor, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Fatto: a %(email)s è partito il link per entrare.") % {"email": form.cleaned_data["email"]})
        return self.back()


class CloseLinks(OfDonor, Action):
    permission = Permission.RECORD_CONTRIBUTIONS

    def act(self) -> str:
        services.close_links(donor=self.donor, by=self.access, now=timezone.now())
        messages.success(self.request, _("I collegamenti mandati fin qui non si aprono più."))
        return self.back()
