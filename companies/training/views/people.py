"""The office's pages of tutors: who is trained, with how many hours, who needs a refresher; one tutor's passport."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.hosts.selectors import tutor_for
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.models import Document
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm, serve_document

from .. import forms, selectors, services
from ..rules import written
from ._base import sections


class _Tutors:
    request: HttpRequest
    access: Any

    @cached_property
    def filters(self) -> forms.TutorsFilter:
        return forms.TutorsFilter(self.request.GET)

    def rows(self, *, exported: bool = False) -> list[Any]:
        only = self.filters.cleaned_data["stato"] if self.filters.is_valid() else ""
        return selectors.tutors_with_training(self.access, timezone.localdate(), only=only, exported=exported)


class Tutors(_Tutors, Page):
    permission = Permission.SEE_TRAINING
    template_name = "training/tutors.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.rows()
        return super().get_context_data(
            rows=rows,
            trained=sum(t.is_trained for t in rows),
            due=sum(t.is_due for t in rows),
            form=self.filters,
            is_filtered=bool(self.request.GET.get("stato")),
            asked=self.request.GET.urlencode(),
            today=timezone.localdate(),
            sections=sections("tutors"),
            **kwargs,
        )


class TutorsFile(_Tutors, Guarded):
    """The list as it is filtered."""

    permission = Permission.SEE_TRAINING

    def get(self, request: HttpRequest, ending: str) -> Any:
        today = timezone.localdate()
        head = [
            _("Tutor"), _("Impresa"), _("Formato dal"), _("Ore di corso iniziale"), _("Ore di aggiornamento"), _("Ore di sicurezza"),
            _("Aggiornamento di quest'anno"), _("Ultimo corso"), _("Prossimo aggiornamento entro"),
        ]  # fmt: skip
        cells = (
            [
                f"{t.last_name} {t.first_name}", t.company_names, t.book.trained_on, written(t.book.initial), written(t.book.refresher),
                written(t.book.safety), written(t.book.year_refresher), t.book.last_on, t.book.due_on,
            ]
            for t in self.rows(exported=True)
        )  # fmt: skip
        return table_response(ending, name=f"tutor-{today:%Y-%m-%d}", head=head, rows=cells)


class OfTutor:
    access: Any
    kwargs: dict[str, Any]

    @cached_property
    def tutor(self) -> Any:
        return tutor_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("training:tutor", args=[self.kwargs["public_id"]])


class Tutor(OfTutor, Page):
    permission = Permission.SEE_TRAINING
    template_name = "training/tutor.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        passport = selectors.tutor_page(self.access, self.kwargs["public_id"], today)
        paper = passport.document
        refused = selectors.refused_mail_of(self.access, passport.tutor)
        works = next((row for row in passport.engagements if not row.valid_to), None)
        edit_url = ""
        if refused and works and self.access.may(Permission.EDIT_COMPANIES):
            edit_url = reverse("hosts:edit_tutor", args=[works.company.public_id, passport.tutor.public_id])
        return super().get_context_data(
            refused=refused,
            edit_url=edit_url,
            passport=passport,
            tutor=passport.tutor,
            book=passport.book,
            recognitions=selectors.recognitions_of(self.access, passport.tutor),
            may_edit=self.access.may(Permission.EDIT_TRAINING),
            is_due=passport.book.is_due(today),
            paper_pending=bool(paper and paper.state == Document.State.PENDING),
            **kwargs,
        )


class Recognise(OfTutor, ServiceForm):
    permission = Permission.EDIT_TRAINING
    template_name = "training/recognise.html"
    form_class = forms.RecognitionForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tutor=self.tutor, back_url=self.back(), **kwargs)

    def act(self, form: Any) -> str:
        services.recognise_course(tutor=self.tutor, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Il corso è riconosciuto. I semafori si aggiornano da soli."))
        return self.back()


class WithdrawRecognition(Action):
    permission = Permission.EDIT_TRAINING

    @cached_property
    def recognition(self) -> Any:
        return selectors.recognition_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("training:tutor", args=[self.recognition.tutor.public_id])

    def act(self) -> str:
        services.withdraw_recognition(recognition=self.recognition, by=self.access, now=timezone.now())
        messages.success(self.request, _("Questo corso non conta più."))
        return self.back()


class MakePassport(OfTutor, Action):
    permission = Permission.SEE_TRAINING

    def act(self) -> str:
        services.issue_passport(tutor=self.tutor, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il libretto è in preparazione: bastano pochi secondi."))
        return self.back()


class PassportFile(OfTutor, Guarded):
    permission = Permission.SEE_TRAINING

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        paper = selectors.passport_of(self.access, self.tutor, timezone.localdate()).document
        if paper is None:
            raise Http404
        return serve_document(paper, by=self.access)
