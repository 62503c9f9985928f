"""Notices of the office to who works with the program: written in the page of the office, read on everybody's first page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import GIVER_ROLES, Role
from impresasolidale.core import announcements as notices
from impresasolidale.core.keyset import page_of
from impresasolidale.core.models import Announcement
from impresasolidale.core.views import Action, Page

from .forms import AnnouncementForm
from .menu import first_page
from .office import OfficeForm, OfOffice

OUTSIDE = GIVER_ROLES | {Role.TECHNICIAN}


def announcements(request: HttpRequest) -> list[Announcement]:
    """What the first page of this user says above all; no other page asks. Who gives, is a partner or looks after the program is no
    user of an office."""
    access, match = getattr(request, "access", None), request.resolver_match
    if not (access and access.roles - OUTSIDE and match and match.view_name in {first_page(access.roles), "desk:hats"}):
        return []
    return notices.to_read(access, timezone.localdate())


class Announcements(OfOffice, Page):
    template_name = "desk/announcements.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(notices.written(self.access), self.request.GET, order=("-id",))
        rows: list[Any] = page.rows
        today = timezone.localdate()
        for row in rows:
            row.readers = [Role(role).label for role in row.roles]
            row.is_over = bool(row.withdrawn_at or row.ends_on < today)
        return super().get_context_data(ambito=self.ambito, rows=rows, today=today, **page.urls(self.request.GET), **kwargs)


class NewAnnouncement(OfficeForm):
    form_class = AnnouncementForm
    title = gettext_lazy("Avviso ai colleghi")
    lead = gettext_lazy("Si vede sulla prima pagina di chi scegli, anche nelle imprese. Non parte nessuna mail.")

    def get_initial(self) -> dict[str, Any]:
        return {"starts_on": timezone.localdate()}

    def act(self, form: Any) -> str:
        notices.announce(ambito=self.ambito, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Avviso scritto: chi lo legge lo trova sulla sua prima pagina."))
        return reverse("desk:announcements")


class Withdraw(OfOffice, Action):
    def act(self) -> str:
        notices.withdraw(row=notices.announcement_for(self.access, self.kwargs["public_id"]), by=self.access)
        messages.success(self.request, _("Avviso tolto: nessuno lo vede più."))
        return self.back()

    def back(self) -> str:
        return reverse("desk:announcements")


class PutAway(Action):
    """Read, and out of the way: for this user alone."""

    def act(self) -> str:
        notices.put_away(row=notices.announcement_for(self.access, self.kwargs["public_id"]), by=self.access)
        return self.back()

    def back(self) -> str:
        return reverse("desk:home")
