"""Double records of companies: the pairs of the network, one merged after a look, one told apart, a merge undone."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import merge
from impresasolidale.core.forms import MergeForm
from impresasolidale.core.views import Action, Page, ServiceForm

from .. import selectors, services
from ..forms.doubles import DoubleForm, TellApartForm
from ..models import Company
from ._base import OfCompany


class Pairs(Page):
    """Records that may be one company's, or those told apart (`?stato=diverse`)."""

    permission = Permission.EDIT_COMPANIES
    template_name = "hosts/pairs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told_apart = self.request.GET.get("stato") == "diverse"
        if told_apart:
            page = selectors.told_apart_page(self.access, self.request.GET)
            found: dict[str, Any] = {"told": page.rows}
        else:
            page, pairs = selectors.pairs_page(self.access, self.request.GET)
            found = {"pairs": pairs}
        here = reverse("hosts:pairs")
        sections = [
            {"label": _("Da guardare"), "url": here, "active": not told_apart},
            {"label": _("Imprese diverse"), "url": f"{here}?stato=diverse", "active": told_apart},
        ]
        may_merge = self.access.may(Permission.MERGE_COMPANIES)
        return super().get_context_data(sections=sections, may_merge=may_merge, **found, **page.urls(self.request.GET), **kwargs)


class OfPair(OfCompany):
    """`self.company` is the record that is kept, `self.other` the one that goes."""

    @cached_property
    def other(self) -> Company:
        return selectors.company_for(self.access, self.kwargs["other_id"])


class TellApart(OfPair, ServiceForm):
    """Two companies that look alike: with the reason, the pair is not proposed again."""

    permission = Permission.EDIT_COMPANIES
    template_name = "confirm.html"
    form_class = TellApartForm

    def act(self, form: Any) -> str:
        services.tell_companies_apart(one=self.company, other=self.other, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("Bene: sono due imprese. Non te le proponiamo più."))
        return reverse("hosts:pairs")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Sono due imprese diverse?"),
            text=_("%(one)s e %(other)s") % {"one": self.company, "other": self.other},
            consequences=[_("Le due schede restano come sono."), _("Il motivo resta scritto, con il tuo nome.")],
            action=_("Sono diverse"),
            **kwargs,
        )

    def back(self) -> str:
        return reverse("hosts:pairs")


class ChooseDouble(OfCompany, ServiceForm):
    """First step of a merge: which record is a double of this one."""

    permission = Permission.MERGE_COMPANIES
    template_name = "hosts/form.html"
    form_class = DoubleForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "others": selectors.others_for_choice(self.access, self.company)}

    def act(self, form: Any) -> str:
        return reverse("hosts:merge_confirm", args=[self.company.public_id, form.cleaned_data["drop"].public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _("Se un'impresa è stata registrata due volte, le due schede diventano una. Resta quella da cui parti.")
        return super().get_context_data(title=_("Schede doppie"), lead=lead, save=_("Guarda che cosa cambia"), **kwargs)


class MergeCompanies(OfPair, ServiceForm):
    """Second step: what would move in the whole network, which value stays where the two differ, then the merge."""

    permission = Permission.MERGE_COMPANIES
    template_name = "hosts/merge.html"
    form_class = MergeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "differences": selectors.differences(self.company, self.other)}

    def act(self, form: Any) -> str:
        services.merge_companies(keep=self.company, drop=self.other, take=form.taken(), by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Le due schede sono una sola. Se è stato un errore, qui sotto puoi annullare."))
        return self.back()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        keep, drop = self.company, self.other
        return super().get_context_data(
            drop=drop,
            moved=selectors.moved_by(self.access, keep, drop),
            days=merge.UNDO_DAYS,
            swap_url=reverse("hosts:merge_confirm", args=[drop.public_id, keep.public_id]),
            **kwargs,
        )


class UndoMerge(OfCompany, Action):
    permission = Permission.MERGE_COMPANIES

    def act(self) -> str:
        log = selectors.merge_of(self.access, self.company, self.kwargs["log_id"])
        services.undo_company_merge(log=log, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Unione annullata: le schede sono di nuovo due."))
        return self.back()
