"""What the data say of a company, and the rows behind each figure."""

from typing import Any

from django.utils import timezone

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Page

from ..figures import FIGURES, value_of
from ..preconditions import warnings
from ..selectors import fact_rows as selectors
from ..selectors.schemes import scheme_in_force
from ..selectors.standings import standing_of
from ..words import figure_words, lacking


class CompanyFacts(Page):
    """The figures of one company, each opens its rows; and where it stands today."""

    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/facts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        company = selectors.company_for(self.access, self.kwargs["public_id"])
        facts = selectors.facts_for(self.access, company, today)
        version = scheme_in_force(self.access, today)
        standing = standing_of(version.scheme, company, facts)
        above = next((rule.level for rule in version.scheme.levels if standing.score.missing[rule.level]), None)
        return super().get_context_data(
            company=company,
            figures=[
                (code, f, figure_words(f, value_of(code, facts))) for code, f in FIGURES.items() if selectors.opens_rows(self.access, f)
            ],
            warnings=warnings(facts),
            version=version,
            standing=standing,
            areas=[(area, standing.score.areas[area.code]) for area in version.scheme.areas],
            missing=lacking(version.scheme, standing.score, above) if above else [],
            **kwargs,
        )


class Behind(Page):
    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/fact_rows.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        company = selectors.company_for(self.access, self.kwargs["public_id"])
        found = selectors.behind(self.access, company, self.kwargs["figure"], timezone.localdate())
        return super().get_context_data(company=company, found=found, value=figure_words(found.figure, found.value), **kwargs)
