"""Pages about the training of company tutors."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.models import Document
from impresasolidale.core.views import Guarded, Page, ServiceForm, serve_document

from . import forms, selectors, services
from .models import Edition, Enrolment


def sections(active: str) -> list[dict[str, Any]]:
    """The three lists of the room."""
    return [
        {"label": _("In programma"), "url": reverse("training:list"), "active": active == "list"},
        {"label": _("Concluse"), "url": reverse("training:past"), "active": active == "past"},
        {"label": _("Tutor"), "url": reverse("training:tutors"), "active": active == "tutors"},
    ]


class List(Page):
    permission = Permission.SEE_TRAINING
    template_name = "training/list.html"
    past = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = selectors.editions_page(self.access, self.request.GET, on=timezone.localdate(), past=self.past)
        return super().get_context_data(
            rows=page.rows,
            past=self.past,
            sections=sections("past" if self.past else "list"),
            may_edit=self.access.may(Permission.EDIT_TRAINING),
            **page.urls(self.request.GET),
            **kwargs,
        )


class Tutors(Page):
    permission = Permission.SEE_TRAINING
    template_name = "training/tutors.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = selectors.tutors_with_training(self.access, timezone.localdate())
        return super().get_context_data(rows=rows, trained=sum(t.is_trained for t in rows), sections=sections("tutors"), **kwargs)  # type: ignore[attr-defined]


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


class Detail(OfEdition, Page):
    permission = Permission.SEE_TRAINING
    template_name = "training/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        enrolments = selectors.enrolments_of(self.access, self.edition)
        waiting = any(e.state == Enrolment.State.ENROLLED for e in enrolments)
        may_edit = self.access.may(Permission.EDIT_TRAINING)
        return super().get_context_data(
            sessions=selectors.sessions_of(self.access, self.edition),
            enrolments=enrolments,
            certificates_pending=any(e.certificate and e.certificate.state == Document.State.PENDING for e in enrolments),  # type: ignore[attr-defined]
            may_enrol=may_edit and self.edition.seats_left > 0 and not selectors.is_over(self.edition, enrolments, timezone.localdate()),  # type: ignore[attr-defined]
            may_record=may_edit and waiting and timezone.localdate() >= self.edition.ends_on,  # type: ignore[attr-defined]
            waiting=waiting,
            **kwargs,
        )


class New(ServiceForm):
    permission = Permission.EDIT_TRAINING
    template_name = "training/new.html"
    form_class = forms.EditionForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "courses": selectors.courses_for_choice(self.access)}

    def act(self, form: Any) -> str:
        values = form.cleaned_data
        course = values["course"] or services.add_course(
            title=values["title"], topics=values["topics"], minutes=values["course_minutes"], is_basic=values["is_basic"], by=self.access
        )
        edition = services.plan_edition(
            course=course, place=values["place"], seats=values["seats"], trainer=values["trainer"], meetings=form.meetings, by=self.access
        )
        messages.success(self.request, _("L'edizione è in programma. Ora puoi iscrivere i tutor."))
        return reverse("training:detail", args=[edition.public_id])


class Enrol(OfEdition, ServiceForm):
    permission = Permission.EDIT_TRAINING
    template_name = "training/enrol.html"
    form_class = forms.EnrolForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "tutors": selectors.tutors_to_enrol(self.access, self.edition, timezone.localdate())}

    def act(self, form: Any) -> str:
        enrolment = services.enrol_tutor(edition=self.edition, tutor=form.cleaned_data["tutor"], by=self.access)
        messages.success(self.request, _("%(tutor)s ha il suo posto.") % {"tutor": enrolment.tutor})
        return self.back()


class RecordAttendance(OfEdition, ServiceForm):
    permission = Permission.EDIT_TRAINING
    template_name = "training/record_attendance.html"
    form_class = forms.AttendanceForm

    @cached_property
    def waiting(self) -> list[Enrolment]:
        return [e for e in selectors.enrolments_of(self.access, self.edition) if e.state == Enrolment.State.ENROLLED]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "enrolments": self.waiting, "course_minutes": self.edition.course.minutes}

    def get_initial(self) -> dict[str, Any]:
        return {"row_version": self.edition.row_version}

    def act(self, form: Any) -> str:
        services.record_attendance(
            edition=self.edition,
            row_version=form.cleaned_data["row_version"],
            minutes=form.minutes,
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("Le presenze sono registrate. Gli attestati sono in preparazione."))
        return self.back()


class CertificateFile(Guarded):
    permission = Permission.SEE_TRAINING

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return serve_document(selectors.certificate_for(self.access, kwargs["public_id"]), by=self.access)
