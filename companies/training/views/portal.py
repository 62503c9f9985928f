"""The tutor's own training, on the telephone: courses to join, the code on the screen, files, the questionnaire, the passport."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.doors import ForTutors
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Document
from impresasolidale.core.views import Action, Page, SeeOther, ServiceForm, serve_document

from .. import forms, selectors, services
from ..enums import EnrolmentState
from ..models import Enrolment, Material
from ..selectors.portal import Mine
from .extras import serve_material


def code_url(code: str) -> str:
    """The address behind the code on the screen."""
    return settings.BASE_URL + reverse("courses:here", args=[code])


class Training(ForTutors, Page):
    permission = Permission.USE_TUTOR_PORTAL
    template_name = "training/portal/mine.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        now = timezone.localtime().replace(tzinfo=None)
        found = selectors.my_training(self.access, today, now)
        return super().get_context_data(
            my=found,
            today=today,
            is_due=bool(found and found.book.is_due(today)),
            has_sign_in=self.access.actor_id is not None,
            **kwargs,
        )


class OfMine(ForTutors):
    permission = Permission.USE_TUTOR_PORTAL
    kwargs: dict[str, Any]

    @cached_property
    def _found(self) -> tuple[Any, Mine, list[Material]]:
        return selectors.my_edition(self.access, self.kwargs["public_id"], timezone.localdate())

    @property
    def mine(self) -> Mine:
        return self._found[1]

    @property
    def enrolment(self) -> Enrolment:
        if self.mine.enrolment is None:
            raise Http404
        return self.mine.enrolment

    def back(self) -> str:
        return reverse("courses:edition", args=[self.kwargs["public_id"]])


class Edition(OfMine, Page):
    template_name = "training/portal/edition.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.localtime().replace(tzinfo=None)
        return super().get_context_data(
            mine=self.mine,
            edition=self.mine.edition,
            materials=self._found[2],
            may_enrol=self.mine.may_enrol(now),
            may_withdraw=self.mine.may_withdraw(now.date()),
            **kwargs,
        )


class Enrol(OfMine, Action):
    def act(self) -> str:
        enrolment = services.enrol_myself(edition=self.mine.edition, by=self.access, now=timezone.now())
        if enrolment.state == EnrolmentState.ENROLLED:
            messages.success(self.request, _("Hai il tuo posto: ti aspettiamo."))
        else:
            words = _("I posti sono finiti: sei in lista d'attesa, al posto n. %(place)d. Se si libera un posto ti scriviamo noi.")
            messages.warning(self.request, words % {"place": enrolment.place})  # type: ignore[attr-defined]
        return self.back()


class Withdraw(OfMine, Action):
    def act(self) -> str:
        services.withdraw_myself(enrolment=self.enrolment, by=self.access, now=timezone.now())
        messages.success(self.request, _("Non sei più nell'elenco. Grazie di averlo detto."))
        return self.back()


class Questions(OfMine, ServiceForm):
    template_name = "training/portal/questions.html"
    form_class = forms.QuestionsForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(edition=self.mine.edition, may_answer=self.mine.may_answer, back_url=self.back(), **kwargs)

    def act(self, form: Any) -> str:
        services.answer_questions(enrolment=self.enrolment, answers=form.cleaned_data, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Grazie: le tue risposte restano senza nome."))
        return self.back()


class Badge(OfMine, Action):
    """Publish the badge, or take it back."""

    def act(self) -> str:
        agrees = self.request.POST.get("agrees") == "yes"
        services.agree_badge(enrolment=self.enrolment, agrees=agrees, by=self.access, now=timezone.now())
        messages.success(self.request, _("Il tuo distintivo è pubblico.") if agrees else _("Il tuo distintivo non è più pubblico."))
        return self.back()


class MaterialFile(OfMine):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        row = next((m for m in self._found[2] if m.public_id == kwargs["material_id"]), None)
        if row is None:
            raise Http404
        return serve_material(row, by=self.access)


class Here(ForTutors, Page):
    """Where the code on the screen leads: one button, and the tutor is present."""

    permission = Permission.USE_TUTOR_PORTAL
    template_name = "training/portal/here.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = {"refused": "", "session": None, **kwargs}
        if not context["refused"]:
            try:
                context["session"] = services.read_code(self.kwargs["code"], by=self.access)
            except DomainError as error:
                context["refused"] = str(error.words)
        return super().get_context_data(**context)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        try:
            found = services.record_by_code(code=code, by=self.access, now=timezone.now())
        except DomainError as error:
            return self.render_to_response(self.get_context_data(refused=str(error.words)), status=error.status)
        if found.minutes:
            messages.success(request, _("Fatto: risulti presente."))
        else:
            messages.warning(request, _("Per questo incontro chi tiene il corso ha segnato che non c'eri: parlane con lui."))
        return SeeOther(reverse("courses:edition", args=[found.session.edition.public_id]))


class MakePassport(ForTutors, Action):
    permission = Permission.USE_TUTOR_PORTAL

    def act(self) -> str:
        services.issue_passport_for_me(by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il libretto è in preparazione: bastano pochi secondi."))
        return self.back()

    def back(self) -> str:
        return reverse("courses:passport")


class Passport(ForTutors, Page):
    permission = Permission.USE_TUTOR_PORTAL
    template_name = "training/portal/passport.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        passport = selectors.my_passport(self.access, timezone.localdate())
        paper = passport.document
        pending = bool(paper and paper.state == Document.State.PENDING)
        return super().get_context_data(passport=passport, book=passport.book, paper_pending=pending, **kwargs)


class PaperFile(ForTutors):
    """One of my certificates, or my passport."""

    permission = Permission.USE_TUTOR_PORTAL

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return serve_document(selectors.my_certificate(self.access, kwargs["public_id"]), by=self.access)
