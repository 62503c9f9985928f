"""Where the active Ambito places nobody for now."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import ServiceForm

from .. import selectors, services
from ..forms.doubles import BlockForm, LiftForm
from ..models import Block
from ._base import OfCompany


class NewBlock(OfCompany, ServiceForm):
    permission = Permission.BLOCK_COMPANIES
    template_name = "confirm.html"
    form_class = BlockForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Blocca i nuovi tirocini"),
            text=str(self.company),
            consequences=[
                _("Il tuo Ambito non comincia nessun tirocinio qui: negli abbinamenti l'impresa è ferma, con il motivo."),
                _("Chi è già qui, e chi è già convalidato, va avanti."),
                _("Gli altri Ambiti decidono per sé."),
            ],
            action=_("Blocca"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.block_company(company=self.company, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Il blocco è scritto: finisce da solo, oppure lo togli tu prima."))
        return self.back()


class LiftBlock(OfCompany, ServiceForm):
    permission = Permission.BLOCK_COMPANIES
    template_name = "confirm.html"
    form_class = LiftForm

    @cached_property
    def block(self) -> Block:
        return selectors.block_for(self.access, self.company, self.kwargs["block_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = _("Bloccata dal %(first)s al %(last)s: %(reason)s")
        said = {"first": f"{self.block.starts_on:%d/%m/%Y}", "last": f"{self.block.ends_on:%d/%m/%Y}", "reason": self.block.reason}
        return super().get_context_data(
            title=_("Togli il blocco"),
            text=str(self.company),
            consequences=[words % said, _("Da subito l'impresa torna negli abbinamenti. Il blocco resta scritto, con i due motivi.")],
            action=_("Togli il blocco"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.lift_block(block=self.block, by=self.access, today=timezone.localdate(), reason=form.cleaned_data["reason"])
        messages.success(self.request, _("Il blocco è tolto."))
        return self.back()
