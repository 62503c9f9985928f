"""What the office's pages of training share."""

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from .. import selectors
from ..models import Edition


def sections(active: str) -> list[dict[str, Any]]:
    """The three lists of the room."""
    return [
        {"label": _("In programma"), "url": reverse("training:list"), "active": active == "list"},
        {"label": _("Concluse"), "url": reverse("training:past"), "active": active == "past"},
        {"label": _("Tutor"), "url": reverse("training:tutors"), "active": active == "tutors"},
    ]


class OfEdition:
    """What the pages under one edition share."""

    access: Any
    kwargs: dict[str, Any]

    @cached_property
    def edition(self) -> Edition:
        return selectors.edition_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("training:detail", args=[self.edition.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(edition=self.edition, back_url=self.back(), **kwargs)  # type: ignore[misc]
