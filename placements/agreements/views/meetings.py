"""Pages of the meetings that decide placements."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.models import Document
from impresasolidale.core.views import Guarded, Page, ServiceForm, serve_document
from placements.beneficiaries.views import AsksReason

from .. import issuing_selectors, services
from ..forms_papers import MeetingFilters, MeetingForm
from ..models import Meeting
from . import OfPlacement


class Meetings(Page):
    permission = Permission.SEE_PEOPLE
    template_name = "agreements/meetings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = MeetingFilters(self.request.GET or None)
        decision = form.wanted()
        page = issuing_selectors.meetings_page(self.access, self.request.GET, decision=decision)
        return super().get_context_data(form=form, filtered=bool(decision), rows=page.rows, **page.urls(self.request.GET), **kwargs)


class OfMeeting(AsksReason):
    """`self.meeting` is the one of the URL."""

    kwargs: dict[str, Any]
    access: Any

    @cached_property
    def meeting(self) -> Meeting:
        return issuing_selectors.meeting_for(self.access, self.kwargs["public_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        placement = self.meeting.placement
        url = reverse("agreements:detail", args=[placement.public_id])
        return super().get_context_data(**{"meeting": self.meeting, "placement": placement, "back_url": url, **kwargs})  # type: ignore[misc]


class MeetingDetail(OfMeeting, Page):
    permission = Permission.SEE_PEOPLE
    template_name = "agreements/meeting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        later = getattr(self.meeting, "corrected_by", None)
        return super().get_context_data(
            later=later,
            is_pending=self.meeting.document.state == Document.State.PENDING,
            may_correct=later is None and self.access.may(Permission.PREPARE_PLACEMENTS),
            may_see_placement=self.access.may(Permission.SEE_PLACEMENTS),
            **kwargs,
        )


class MeetingMinutes(OfMeeting, Guarded):
    permission = Permission.SEE_PEOPLE

    def get(self, request: Any, **kwargs: Any) -> FileResponse:
        return serve_document(self.meeting.document, by=self.access)


class WritesMeeting(ServiceForm):
    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/meeting_form.html"
    form_class = MeetingForm
    placement: Any
    corrects: Meeting | None = None

    def act(self, form: Any) -> str:
        meeting = services.record_meeting(
            placement=self.placement, corrects=self.corrects, by=self.access, today=timezone.localdate(), **form.cleaned_data
        )
        messages.success(self.request, _("La riunione è scritta: il verbale è in preparazione."))
        return reverse("agreements:meeting", args=[meeting.public_id])


class NewMeeting(OfPlacement, WritesMeeting):
    def get_initial(self) -> dict[str, Any]:
        return {"held_on": timezone.localdate(), "participants": f"{self.access.actor}, "}


class CorrectMeeting(OfMeeting, WritesMeeting):
    @property
    def corrects(self) -> Meeting:  # type: ignore[override]
        return self.meeting

    @property
    def placement(self) -> Any:
        return self.meeting.placement

    def get_initial(self) -> dict[str, Any]:
        m = self.meeting
        people = "\n".join(f"{name}, {role}" for name, role in m.participants)
        return {
            "held_on": m.held_on,
            "place": m.place,
            "participants": people,
            "decision": m.decision,
            "reasons": m.reasons,
            "next_on": m.next_on,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(corrects=self.meeting, **kwargs)
