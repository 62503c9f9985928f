"""What the pages of one request share."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.core.views import FormPage, SeeOther
from impresasolidale.treasury.selectors import Movement

from ..models import BenefitRequest
from ..selectors import requests as selectors
from ..transitions import REQUEST


class PlainForm(FormPage):
    """A form of the room."""

    template_name = "solidarity_fund/form.html"


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


def movement_rows(movements: list[Movement], behind: dict[int, BenefitRequest]) -> list[dict[str, Any]]:
    """Movements as a table shows them; `behind`: entry id → its request, where it is reached. Any other help says neither its kind nor its
    Ambito: with a day and a sum they could make a person known."""
    rows = []
    for m in movements:
        request = behind.get(m.entry.pk)
        hidden = request is None and m.entry.source_type == selectors.REQUEST_TYPE
        rows.append(
            {
                "row": m,
                "url": reverse("solidarity_fund:request", args=[request.public_id]) if request else "",
                "words": _("Aiuto, altro Ambito o altro comune") if hidden else m.entry.words,
            }
        )
    return rows


def sources(step: str) -> tuple[str, ...]:
    return REQUEST[step].sources
