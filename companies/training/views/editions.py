"""The office's pages of editions: lists, one edition, seats, attendance."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.models import Document, Look
from impresasolidale.core.rendering import qr_data_uri
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm, serve_document
from impresasolidale.territory.selectors import common_rules

from .. import forms, selectors, services
from ..enums import EnrolmentState
from ..models import Enrolment, Session
from ..rules import needed_minutes, written
from ..services.enrolments import edition_url
from ._base import OfEdition, sections
from .portal import code_url


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
            file_name="training:past_file" if self.past else "training:file",
            **page.urls(self.request.GET),
            **kwargs,
        )


class ListFile(Guarded):
    """The same list as a file."""

    permission = Permission.SEE_TRAINING
    past = False

    def get(self, request: HttpRequest, ending: str) -> Any:
        today = timezone.localdate()
        rows = selectors.editions_for_file(self.access, on=today, past=self.past)
        head = [
            _("Corso"), _("Tipo"), _("Dal"), _("Al"), _("Dove"), _("Chi tiene il corso"), _("Ore"), _("Posti"), _("Con un posto"),
            _("In lista d'attesa"), _("Con l'attestato"),
        ]  # fmt: skip
        cells = (
            [
                e.course.title, str(e.course.kind_words), e.starts_on, e.ends_on, e.place, e.trainer, written(e.minutes),  # type: ignore[attr-defined]
                e.seats, e.taken, e.waiting, e.certified,  # type: ignore[attr-defined]
            ]
            for e in rows
        )  # fmt: skip
        return table_response(ending, name=f"edizioni-{today:%Y-%m-%d}", head=head, rows=cells)


class Detail(OfEdition, Page):
    permission = Permission.SEE_TRAINING
    template_name = "training/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edition, today = self.edition, timezone.localdate()
        enrolments = selectors.enrolments_of(self.access, edition)
        may_edit = self.access.may(Permission.EDIT_TRAINING)
        open_seats = any(e.state == EnrolmentState.ENROLLED for e in enrolments)
        is_over = selectors.is_over(edition, enrolments, today)
        rules = common_rules(self.access.network_id, today)
        answered, asked = selectors.feedback_of(edition, least=rules.small_number_threshold)
        return super().get_context_data(
            sessions=selectors.sessions_of(self.access, edition),
            enrolments=enrolments,
            certificates_pending=any(e.certificate and e.certificate.state == Document.State.PENDING for e in enrolments),  # type: ignore[attr-defined]
            may_edit=may_edit,
            may_enrol=may_edit and not is_over,
            may_invite=may_edit and not is_over and today <= edition.starts_on,  # type: ignore[attr-defined]
            may_change=may_edit and not is_over,
            may_record=may_edit and open_seats,
            may_close=may_edit and open_seats and today >= edition.ends_on,  # type: ignore[attr-defined]
            today=today,
            open_seats=open_seats,
            needed=needed_minutes(edition.course.minutes, rules.training_minimum_percent),
            materials=selectors.materials_of(edition),
            costs=selectors.costs_of(self.access, edition),
            may_confirm=self.access.may(Permission.EDIT_BUDGETS),
            answered=answered,
            asked=asked,
            least=rules.small_number_threshold,
            portal_url=edition_url(edition),
            **kwargs,
        )


class ParticipantsFile(OfEdition, Guarded):
    """Who takes part in an edition, as the page shows it."""

    permission = Permission.SEE_TRAINING

    def get(self, request: HttpRequest, ending: str, **kwargs: Any) -> Any:
        rows = selectors.enrolments_of(self.access, self.edition)
        head = [_("Cognome"), _("Nome"), _("Posta elettronica"), _("Stato"), _("In lista d'attesa"), _("Ore seguite"), _("Attestato")]
        cells = (
            [
                row.tutor.last_name, row.tutor.first_name, row.tutor.email, row.get_state_display(), getattr(row, "place", None),
                written(row.minutes or row.followed), row.certificate.number if row.certificate else "",  # type: ignore[attr-defined]
            ]
            for row in rows
        )  # fmt: skip
        response = table_response(ending, name=f"iscritti-{self.edition.starts_on:%Y-%m-%d}", head=head, rows=cells)  # type: ignore[attr-defined]
        audit.look(Look.Kind.EXPORT, rows, by=self.access, place="training:detail", subject_type="training.enrolment")
        return response


class New(ServiceForm):
    permission = Permission.EDIT_TRAINING
    template_name = "training/new.html"
    form_class = forms.EditionForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "courses": selectors.courses_for_choice(self.access)}

    def act(self, form: Any) -> str:
        values = form.cleaned_data
        course = values["course"] or services.add_course(
            title=values["title"],
            topics=values["topics"],
            minutes=values["course_minutes"],
            kind=values["kind"] or "initial",
            module=values["module"],
            by=self.access,
        )
        edition = services.plan_edition(
            course=course, place=values["place"], seats=values["seats"], trainer=values["trainer"], meetings=form.meetings, by=self.access
        )
        messages.success(self.request, _("L'edizione è in programma. Ora puoi iscrivere i tutor."))
        return reverse("training:detail", args=[edition.public_id])


class Change(OfEdition, ServiceForm):
    permission = Permission.EDIT_TRAINING
    template_name = "training/change.html"
    form_class = forms.SeatsForm

    def get_initial(self) -> dict[str, Any]:
        return {"place": self.edition.place, "seats": self.edition.seats, "trainer": self.edition.trainer}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.edition.row_version}

    def act(self, form: Any) -> str:
        services.change_seats(edition=self.edition, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("Salvato. Se ci sono posti in più, sono andati a chi era in lista d'attesa."))
        return self.back()


# --- Who takes part


class Enrol(OfEdition, ServiceForm):
    permission = Permission.EDIT_TRAINING
    template_name = "training/enrol.html"
    form_class = forms.EnrolForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "tutors": selectors.tutors_to_enrol(self.access, self.edition, timezone.localdate())}

    def act(self, form: Any) -> str:
        enrolment = services.enrol_tutor(edition=self.edition, tutor=form.cleaned_data["tutor"], by=self.access, now=timezone.now())
        if enrolment.state == EnrolmentState.ENROLLED:
            messages.success(self.request, _("%(tutor)s ha il suo posto.") % {"tutor": enrolment.tutor})
        else:
            words = _("I posti sono finiti: %(tutor)s è in lista d'attesa, al posto n. %(place)d.")
            messages.warning(self.request, words % {"tutor": enrolment.tutor, "place": enrolment.place})  # type: ignore[attr-defined]
        return self.back()


class Invite(Enrol):
    """The same choice; the tutor gets a mail and decides alone."""

    template_name = "training/invite.html"
    form_class = forms.InviteForm

    def act(self, form: Any) -> str:
        enrolment = services.invite_tutor(edition=self.edition, tutor=form.cleaned_data["tutor"], by=self.access, now=timezone.now())
        messages.success(self.request, _("L'invito a %(tutor)s è in partenza.") % {"tutor": enrolment.tutor})
        return self.back()


class OnEnrolment(OfEdition, Action):
    permission = Permission.EDIT_TRAINING

    @cached_property
    def enrolment(self) -> Enrolment:
        return selectors.enrolment_for(self.access, self.edition, self.kwargs["enrolment_id"])


class Withdraw(OnEnrolment):
    def act(self) -> str:
        services.withdraw(enrolment=self.enrolment, by=self.access, now=timezone.now())
        messages.success(
            self.request,
            _("%(tutor)s non è più nell'elenco. Chi era in lista d'attesa è avanti di un posto.") % {"tutor": self.enrolment.tutor},
        )
        return self.back()


class Certify(OnEnrolment):
    def act(self) -> str:
        services.issue_certificate(enrolment=self.enrolment, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("L'attestato è in preparazione."))
        return self.back()


# --- Attendance


class OfSession(OfEdition):
    @cached_property
    def session(self) -> Session:
        return selectors.session_for(self.access, self.edition, self.kwargs["session_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(session=self.session, **kwargs)


class Record(OfSession, ServiceForm):
    permission = Permission.EDIT_TRAINING
    template_name = "training/record.html"
    form_class = forms.PresenceForm

    @cached_property
    def seated(self) -> list[Enrolment]:
        return [e for e in selectors.enrolments_of(self.access, self.edition) if e.state == EnrolmentState.ENROLLED]

    def get_form_kwargs(self) -> dict[str, Any]:
        known = {"presences": selectors.presences_of(self.session), "session_minutes": self.session.minutes}
        return {**super().get_form_kwargs(), "enrolments": self.seated, **known}

    def act(self, form: Any) -> str:
        present = services.record_session(session=self.session, minutes=form.minutes, by=self.access, now=timezone.now())
        messages.success(self.request, _("Le presenze dell'incontro sono segnate: c'erano in %(n)d.") % {"n": present})
        return self.back()


class Screen(OfSession, Page):
    """The code that tutors read with their telephones, fresh each time the page renews itself."""

    permission = Permission.EDIT_TRAINING
    template_name = "training/screen.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        url = code_url(services.session_code(self.session))
        there = [p for p in selectors.presences_of(self.session).values() if p.minutes]
        return super().get_context_data(qr=qr_data_uri(url), url=url, present=len(there), **kwargs)


class Close(OfEdition, Action):
    permission = Permission.EDIT_TRAINING

    def act(self) -> str:
        seen = self.request.POST.get("row_version", "")
        version = int(seen) if seen.isdecimal() else 0
        services.close_edition(edition=self.edition, row_version=version, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Le presenze sono chiuse. Gli attestati sono in preparazione."))
        return self.back()


class CertificateFile(Guarded):
    permission = Permission.SEE_TRAINING

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return serve_document(selectors.certificate_for(self.access, kwargs["public_id"]), by=self.access)
