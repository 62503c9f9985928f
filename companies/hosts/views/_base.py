"""What the pages under one company share."""

from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import ServiceForm

from .. import selectors
from ..models import Company, CompanyTutor


class OfCompany:
    """What the pages under one company share."""

    access: Any
    kwargs: dict[str, Any]

    @cached_property
    def company(self) -> Company:
        return selectors.company_for(self.access, self.kwargs["public_id"])

    @cached_property
    def tutor(self) -> CompanyTutor:
        return selectors.tutor_for(self.access, self.kwargs["tutor_id"])

    def back(self) -> str:
        return reverse("hosts:detail", args=[self.company.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(company=self.company, back_url=self.back(), **kwargs)  # type: ignore[misc]


class VersionedEdit(OfCompany, ServiceForm):
    """An edit page: a form opened on an older version is a conflict."""

    permission = Permission.EDIT_COMPANIES

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if form.is_stale else 422)
