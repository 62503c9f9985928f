"""What the office's pages of one application, one recognition and one sitting share."""

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.core.views import FormPage

from ..models import Application, Certificate
from ..selectors import applications as selectors
from ..selectors.certificates import certificate_for


class PlainForm(FormPage):
    """A form of the room."""

    template_name = "certification/form.html"


class OfApplication(PlainForm):
    @cached_property
    def application(self) -> Application:
        return selectors.application_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("certification:application", args=[self.application.public_id])

    def crumb(self) -> Any:
        return self.application.company.name


class OfCertificate(PlainForm):
    @cached_property
    def certificate(self) -> Certificate:
        return certificate_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("certification:detail", args=[self.certificate.public_id])

    def crumb(self) -> Any:
        return _("%(level)s, %(company)s") % {"level": self.certificate.get_level_display(), "company": self.certificate.company}
