"""The first page of the data protection officer: what waits, with its clock."""

from typing import Any

from django.utils import timezone

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Page

from ..selectors import home


class Home(Page):
    permission = Permission.KEEP_PRIVACY
    template_name = "privacy/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(today=today, found=home.waiting(self.access, today=today, now=timezone.now()), **kwargs)
