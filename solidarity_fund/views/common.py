"""What the pages of one request share."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from impresasolidale.core.views import SeeOther, ServiceForm

from ..models import BenefitRequest
from ..selectors import requests as selectors
from ..transitions import REQUEST


class PlainForm(ServiceForm):
    """A form on a page of its own: `title`, a line under it, the words of its button, where "Annulla" leads."""

    template_name = "solidarity_fund/form.html"
    title: Any = ""
    lead: Any = ""
    button: Any = ""
    button_kind: str = "primary"

    def back(self) -> str:
        raise NotImplementedError

    def crumb(self) -> Any:
        """What stands before the title in the way back: the page that `back` leads to."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)  # makes the form, and with it finds the row
        return {
            **context,
            "title": self.title,
            "lead": self.lead,
            "button": self.button,
            "button_kind": self.button_kind,
            "back_url": self.back(),
            "crumb": self.crumb(),
        }


class OfRequest(PlainForm):
    """A form about one request that this access reaches."""

    row: BenefitRequest
    states: ClassVar[tuple[str, ...]] = ()  # shown only in these; in any other the page of the request tells where it is

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        return response if not self.states or self.row.state in self.states else SeeOther(self.back())

    def get_form_kwargs(self) -> dict[str, Any]:
        self.row = selectors.request_for(self.access, self.kwargs["public_id"])
        return super().get_form_kwargs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        is_aside = selectors.stands_aside(self.access, self.row, today=timezone.localdate())
        return {**context, "row": self.row, "is_aside": is_aside}

    def back(self) -> str:
        return reverse("solidarity_fund:request", args=[self.row.public_id])

    def crumb(self) -> Any:
        return self.row.code


def sources(step: str) -> tuple[str, ...]:
    return REQUEST[step].sources
