"""Everything in easy words, printed by the office for who has no digital identity."""

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Action, say_done
from placements.agreements.models import Placement
from placements.agreements.selectors import placement_for
from placements.beneficiaries.views import AsksReason

from ..easy_folder import issue_folder


class MakeFolder(AsksReason, Action):
    """One button: one PDF with the agreement, the week, the last months and whom to call."""

    permission = Permission.PREPARE_PLACEMENTS

    @cached_property
    def placement(self) -> Placement:
        return placement_for(self.access, self.kwargs["public_id"])

    def who(self) -> Any:
        return self.placement.beneficiary

    def act(self) -> str:
        issue_folder(placement=self.placement, by=self.access, today=timezone.localdate())
        say_done(self.request, _("Il foglio con tutto in parole semplici è in preparazione: lo trovi tra i documenti."))
        return self.back()

    def back(self) -> str:
        return reverse("desk:person", args=[self.placement.beneficiary.public_id])
