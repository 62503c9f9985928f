"""Double records: the pairs of the Ambito, one merged after a look, one told apart, a merge undone."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import merge
from impresasolidale.core.forms import MergeForm
from impresasolidale.core.views import Action, Page, ServiceForm

from .. import selectors, services
from ..forms.doubles import DoubleForm, PairFilters, TellApartForm
from ..models import Beneficiary
from ._base import OfPerson


class Pairs(Page):
    """Records of the Ambito that may be one person's, or those told apart (`?stato=diverse`)."""

    template_name = "beneficiaries/pairs.html"
    permission = Permission.MERGE_PEOPLE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = PairFilters(self.request.GET)
        mine = form.is_valid() and form.cleaned_data["mie"]
        told_apart = self.request.GET.get("stato") == "diverse"
        if told_apart:
            page = selectors.told_apart_page(self.access, self.request.GET)
            people = [person for row in page.rows for person in (row.first, row.second)]
            found: dict[str, Any] = {"told": page.rows}
        else:
            page, pairs = selectors.pairs_page(self.access, self.request.GET, mine=mine, on=timezone.localdate())
            people = [person for pair in pairs for person in pair]
            found = {"pairs": pairs}
        selectors.note_list(self.access, people, place="beneficiaries:pairs")
        here = reverse("beneficiaries:pairs")
        sections = [
            {"label": _("Da guardare"), "url": here, "active": not told_apart},
            {"label": _("Persone diverse"), "url": f"{here}?stato=diverse", "active": told_apart},
        ]
        return super().get_context_data(form=form, mine=mine, sections=sections, **found, **page.urls(self.request.GET), **kwargs)


class TellApart(ServiceForm):
    """Two people who look alike: with the reason, the pair is not proposed again."""

    template_name = "confirm.html"
    permission = Permission.MERGE_PEOPLE
    form_class = TellApartForm

    @cached_property
    def pair(self) -> tuple[Beneficiary, Beneficiary]:
        one, other = (selectors.closed_beneficiary_for(self.access, self.kwargs[name]) for name in ("public_id", "other_id"))
        return one, other

    def act(self, form: Any) -> str:
        one, other = self.pair
        services.tell_apart(one=one, other=other, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("Bene: sono due persone. Non te le proponiamo più."))
        return reverse("beneficiaries:pairs")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one, other = self.pair
        born = f"{one.birth_date:%d/%m/%Y}"
        return super().get_context_data(
            title=_("Sono due persone diverse?"),
            text=_("%(one)s e %(other)s, tutte e due del %(born)s.") % {"one": one, "other": other, "born": born},
            consequences=[_("Le due schede restano come sono."), _("Il motivo resta scritto, con il tuo nome.")],
            action=_("Sono diverse"),
            back_url=reverse("beneficiaries:pairs"),
            **kwargs,
        )


class ChooseDouble(OfPerson, ServiceForm):
    """First step of a merge: which record is a double of this one."""

    template_name = "beneficiaries/doubles.html"
    permission = Permission.MERGE_PEOPLE
    form_class = DoubleForm

    @cached_property
    def doubles(self) -> Any:
        return selectors.possible_doubles(self.access, self.beneficiary, on=timezone.localdate())

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "doubles": self.doubles}

    def act(self, form: Any) -> str:
        return reverse("beneficiaries:merge_confirm", args=[self.beneficiary.public_id, form.cleaned_data["drop"].public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.beneficiary, back_url=self.detail_url, has_doubles=self.doubles.exists(), **kwargs)


class MergePeople(OfPerson, ServiceForm):
    """Second step: what would move, which value stays where the two differ, then the merge."""

    template_name = "beneficiaries/merge.html"
    permission = Permission.MERGE_PEOPLE
    form_class = MergeForm

    @cached_property
    def drop(self) -> Beneficiary:
        return selectors.beneficiary_for(self.access, self.kwargs["other_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "differences": selectors.differences(self.access, self.beneficiary, self.drop)}

    def act(self, form: Any) -> str:
        services.merge_beneficiaries(keep=self.beneficiary, drop=self.drop, take=form.taken(), by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Le due schede sono una sola. Se è stato un errore, qui sotto puoi annullare."))
        return self.detail_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        keep, drop = self.beneficiary, self.drop
        selectors.note_look(self.access, keep, place="beneficiaries:merge_confirm")
        selectors.note_look(self.access, drop, place="beneficiaries:merge_confirm")
        return super().get_context_data(
            person=keep,
            drop=drop,
            moved=merge.preview(keep, drop),
            referent_ends=selectors.second_referent(keep, drop),
            days=merge.UNDO_DAYS,
            swap_url=reverse("beneficiaries:merge_confirm", args=[drop.public_id, keep.public_id]),
            back_url=self.detail_url,
            **kwargs,
        )


class UndoMerge(OfPerson, Action):
    permission = Permission.MERGE_PEOPLE

    def act(self) -> str:
        log = selectors.merge_of(self.access, self.beneficiary, self.kwargs["log_id"])
        services.undo_merge(log=log, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Unione annullata: le schede sono di nuovo due."))
        return self.detail_url

    def back(self) -> str:
        return self.detail_url
