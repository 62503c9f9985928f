"""The page of the person's other benefits: what the allowance means for them, which words to use, what was done (rules 43 and 44)."""

from typing import Any

from django.contrib import messages
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import ServiceForm
from placements.beneficiaries.selectors import beneficiary_for, note_look

from .. import clauses, selectors, services
from .. import compliance_selectors as reads
from ..compliance_forms import BenefitsForm
from . import OfPlacement


class Benefits(OfPlacement, ServiceForm):
    """Opened like the person's record: who does not follow her says why."""

    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/benefits.html"
    form_class = BenefitsForm

    @cached_property
    def page(self) -> reads.BenefitsPage:
        note_look(self.access, beneficiary_for(self.access, self.placement.beneficiary.public_id), place="agreements:benefits")
        return reads.benefits_page(self.placement, selectors.current_project(self.placement), timezone.localdate())

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "with_platform": self.page.found.inclusion_income}

    def get_initial(self) -> dict[str, Any]:
        check = self.page.check
        return {"told_on": check.told_on, "noted_on": check.noted_on} if check else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page=self.page, words=clauses.COMMUNICATION_WORDS, **kwargs)

    def act(self, form: Any) -> str:
        d = form.cleaned_data
        services.record_benefit_check(
            placement=self.placement, told_on=d["told_on"], noted_on=d.get("noted_on"), by=self.access, today=timezone.localdate()
        )
        messages.success(self.request, _("Salvato: il semaforo è aggiornato."))
        return self.detail_url
