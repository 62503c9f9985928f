"""Who follows the person, and double records."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import merge
from impresasolidale.core.forms import Form
from impresasolidale.core.views import Action, ServiceForm

from .. import selectors, services
from ..forms.team import CareMemberForm, DoubleForm
from ..models import Beneficiary
from ._base import AddToPerson, OfPerson


class JoinCareTeam(AddToPerson):
    form_class = CareMemberForm
    wants = ("access", "on")
    title = gettext_lazy("Aggiungi all’équipe")
    lead = gettext_lazy("Chi è nell’équipe apre la scheda senza scrivere un motivo. Il nuovo referente prende il posto di quello di prima.")
    done = gettext_lazy("Équipe aggiornata.")
    service = staticmethod(services.join_care_team)


class ChooseDouble(OfPerson, ServiceForm):
    """First step of a merge: which record is a double of this one."""

    template_name = "beneficiaries/doubles.html"
    permission = Permission.EDIT_PEOPLE
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
    """Second step: what would move, then the merge."""

    template_name = "confirm.html"
    permission = Permission.EDIT_PEOPLE
    form_class = Form

    @cached_property
    def drop(self) -> Beneficiary:
        return selectors.beneficiary_for(self.access, self.kwargs["other_id"])

    def act(self, form: Any) -> str:
        services.merge_beneficiaries(keep=self.beneficiary, drop=self.drop, by=self.access)
        messages.success(self.request, _("Le due schede sono una sola. Se è stato un errore, qui sotto puoi annullare."))
        return self.detail_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        moved = ", ".join(f"{name}: {count}" for name, count in merge.preview(self.beneficiary, self.drop))
        return super().get_context_data(
            title=_("Unire queste due schede?"),
            text=_("Resta la scheda di %(keep)s, codice fiscale %(code)s.")
            % {"keep": self.beneficiary, "code": self.beneficiary.codice_fiscale},
            consequences=[
                _("La scheda di %(drop)s, codice fiscale %(code)s, non si vede più negli elenchi.")
                % {"drop": self.drop, "code": self.drop.codice_fiscale},
                _("Passa alla scheda che resta: %(moved)s.") % {"moved": moved or _("nulla")},
                _("Si può annullare."),
            ],
            action=_("Unisci le schede"),
            danger=True,
            back_url=self.detail_url,
            **kwargs,
        )


class UndoMerge(OfPerson, Action):
    permission = Permission.EDIT_PEOPLE

    def act(self) -> str:
        services.undo_merge(log=selectors.merge_of(self.access, self.beneficiary, self.kwargs["log_id"]), by=self.access)
        messages.success(self.request, _("Unione annullata: le schede sono di nuovo due."))
        return self.detail_url

    def back(self) -> str:
        return self.detail_url
