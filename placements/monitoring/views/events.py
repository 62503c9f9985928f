"""What happens and is no accident: the tutor's three fields, the office's page, the list."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.spreadsheets import file_urls, table_response
from impresasolidale.core.views import Guarded, Page, ServiceForm
from placements.agreements.models import Placement
from placements.agreements.views import OfPlacement
from placements.attendance.selectors import placement_for as entrusted_placement
from placements.attendance.selectors import short_name
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.views import AsksReason

from ..forms.accidents import OutcomeForm
from ..forms.events import EventFilters, EventForm, TellEventForm
from ..models.events import PlacementEvent
from ..selectors import events as selectors
from ..services import events as services
from .visits import labels_of


class Events(Page):
    permission = Permission.FOLLOW_VISITS
    template_name = "monitoring/events.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = EventFilters(self.request.GET or None)
        wanted = form.wanted()
        page = selectors.events_page(self.access, self.request.GET, **wanted)
        return super().get_context_data(
            form=form,
            rows=page.rows,
            filtered=any(wanted.values()),
            **file_urls("monitoring:events_file", self.request.GET),
            **page.urls(self.request.GET),
            **kwargs,
        )


class EventsFile(Guarded):
    permission = Permission.FOLLOW_VISITS

    def get(self, request: HttpRequest, kind: str, **kwargs: Any) -> Any:
        rows = selectors.events_for_file(self.access, **EventFilters(request.GET or None).wanted())
        head = [_("Persona"), _("Impresa"), _("Giorno"), _("Che cosa"), _("Quanto pesa"), _("Da rivedere il"), _("Concluso il")]
        table = (
            [
                str(e.placement.beneficiary),
                e.placement.company.name,
                e.happened_on,
                str(e.get_kind_display()),
                str(e.get_severity_display()),
                e.follow_up_on,
                e.settled_on,
            ]
            for e in rows
        )
        return table_response(kind, name="eventi", head=head, rows=table)


class TellEvent(ServiceForm):
    """From the tutor's phone: three fields, and the office knows."""

    permission = Permission.USE_TUTOR_PORTAL
    template_name = "monitoring/tell_event.html"
    form_class = TellEventForm

    @cached_property
    def placement(self) -> Placement:
        return entrusted_placement(self.access, self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"happened_on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.placement.beneficiary
        return super().get_context_data(placement=self.placement, name=short_name(person.first_name, person.last_name), **kwargs)

    def act(self, form: Any) -> str:
        services.report_event(placement=self.placement, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("L'ufficio lo sa. Ti richiama chi segue la persona."))
        return reverse("attendance:today")


class NewEvent(OfPlacement, ServiceForm):
    permission = Permission.FOLLOW_VISITS
    template_name = "monitoring/event_form.html"
    form_class = EventForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": 0}

    def get_initial(self) -> dict[str, Any]:
        return {"happened_on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("È successo qualcosa"), button=_("Scrivilo"), **kwargs)

    def act(self, form: Any) -> str:
        facts = {name: form.cleaned_data[name] for name in services.FACTS}
        event = services.report_event(placement=self.placement, by=self.access, today=timezone.localdate(), **facts)
        messages.success(self.request, _("È scritto."))
        return reverse("monitoring:event", args=[event.public_id])


class _OfEvent(AsksReason):
    """`self.event` is the one of the URL; a settled one of a person the user does not follow wants a reason."""

    kwargs: dict[str, Any]
    access: Any
    came_by_task = True

    def who(self) -> Beneficiary:
        return self.event.placement.beneficiary

    def back_after(self, person_id: Any) -> str:
        return reverse("monitoring:event", args=[self.kwargs["public_id"]])

    @cached_property
    def event(self) -> PlacementEvent:
        return selectors.event_for(self.access, self.kwargs["public_id"])

    @property
    def detail_url(self) -> str:
        return reverse("monitoring:event", args=[self.event.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            **{"event": self.event, "placement": self.event.placement, "back_url": self.detail_url, **kwargs}
        )


class EventPage(_OfEvent, Page):
    permission = Permission.FOLLOW_VISITS
    template_name = "monitoring/event.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = [capfirst(str(label)) for label in labels_of(self.event, "informed")]
        return super().get_context_data(told=told, is_open=self.event.settled_on is None, **kwargs)


class EditEvent(_OfEvent, ServiceForm):
    permission = Permission.FOLLOW_VISITS
    template_name = "monitoring/event_form.html"
    form_class = EventForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.event.row_version}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.event, name) for name in services.FACTS}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Che cosa è successo"), button=_("Salva"), **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if form.is_stale else 422)

    def act(self, form: Any) -> str:
        services.edit_event(event=self.event, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Salvato."))
        return self.detail_url


class SettleEvent(_OfEvent, ServiceForm):
    permission = Permission.FOLLOW_VISITS
    template_name = "confirm.html"
    form_class = OutcomeForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Concludi"),
            text=_("%(person)s, presso %(company)s.")
            % {"person": self.event.placement.beneficiary, "company": self.event.placement.company},
            consequences=[_("Non aspetta più niente: quello che è scritto resta.")],
            action=_("Concludi"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.settle_event(event=self.event, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("È concluso."))
        return self.detail_url
