"""What registers outside say of a company."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record

from .. import registers
from ..enums import RegisterAnswer
from .companies import Company


class RegisterCheck(Record, NetworkOwned):
    """One question to one register, and its answer; the last of each register counts. Nobody changes one."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="checks", verbose_name=_("impresa"))
    register = models.CharField(_("registro"), max_length=20)
    partita_iva = models.CharField(_("partita IVA"), max_length=11)
    answer = models.CharField(_("risposta"), max_length=10, choices=RegisterAnswer)
    name = models.CharField(_("denominazione"), max_length=200, blank=True)
    address = models.CharField(_("indirizzo"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("controllo nei registri")
        verbose_name_plural = _("controlli nei registri")
        indexes = [models.Index(fields=["company", "register", "-id"], name="hosts_check_last")]

    @property
    def register_label(self) -> Any:
        return registers.label_of(self.register)
