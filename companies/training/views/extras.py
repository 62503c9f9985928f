"""The files and the costs of an edition."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Action, Guarded, ServiceForm, serve_stored

from .. import forms, selectors, services
from ..models import EditionCost, Material
from ._base import OfEdition


class AddMaterial(OfEdition, ServiceForm):
    permission = Permission.EDIT_TRAINING
    template_name = "training/material.html"
    form_class = forms.MaterialForm

    def act(self, form: Any) -> str:
        services.add_material(edition=self.edition, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("Il file è a disposizione di chi è iscritto."))
        return self.back()


class OfMaterial(OfEdition):
    @cached_property
    def material(self) -> Material:
        return selectors.material_for(self.access, self.edition, self.kwargs["material_id"])


def serve_material(material: Material, *, by: Any) -> FileResponse:
    named: dict[str, Any] = {"content_type": material.content_type, "filename": selectors.material_file(material), "as_attachment": True}
    return serve_stored(material.file_name, material, by=by, place="training:material", **named)


class MaterialFile(OfMaterial, Guarded):
    permission = Permission.SEE_TRAINING

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return serve_material(self.material, by=self.access)


class RemoveMaterial(OfMaterial, Action):
    permission = Permission.EDIT_TRAINING

    def act(self) -> str:
        services.remove_material(material=self.material, by=self.access, now=timezone.now())
        messages.success(self.request, _("Il file non è più a disposizione."))
        return self.back()


class ProposeCost(OfEdition, ServiceForm):
    permission = Permission.EDIT_TRAINING
    template_name = "training/cost.html"
    form_class = forms.CostForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "pots": selectors.pots_for_costs(self.access)}

    def act(self, form: Any) -> str:
        services.propose_cost(edition=self.edition, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Il costo è scritto. Conta quando un'altra persona lo conferma."))
        return self.back()


class OnCost(OfEdition, Action):
    @cached_property
    def cost(self) -> EditionCost:
        return selectors.cost_for(self.access, self.edition, self.kwargs["cost_id"])


class ConfirmCost(OnCost):
    permission = Permission.EDIT_BUDGETS

    def act(self) -> str:
        services.confirm_cost(cost=self.cost, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il costo è confermato: il movimento è nel registro."))
        return self.back()


class WithdrawCost(OnCost):
    permission = Permission.EDIT_TRAINING

    def act(self) -> str:
        services.withdraw_cost(cost=self.cost, by=self.access, now=timezone.now())
        messages.success(self.request, _("Il costo è tolto."))
        return self.back()
