"""The office's own further questions: the list, one version, a new one with its preview, out of use."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.errors import DomainError
from impresasolidale.core.forms import Form
from impresasolidale.core.views import Page, SeeOther, ServiceForm

from ..evaluation_enums import Area, Voice
from ..evaluation_questions import own_questions
from ..forms.evaluations import AnswersForm
from ..forms.question_sets import QuestionSetForm
from ..models.evaluations import QuestionSet
from ..selectors import question_sets as selectors
from ..services import question_sets as services


class List(Page):
    """What is in use, what was, and whether the rules of today name it."""

    permission = Permission.EDIT_OFFICE
    template_name = "monitoring/questions/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            rows=selectors.question_sets(self.access), are_named=selectors.are_named(self.access, timezone.localdate()), **kwargs
        )


class OfQuestions:
    """`self.row` is the version of the URL."""

    access: Any
    kwargs: dict[str, Any]

    @cached_property
    def row(self) -> QuestionSet:
        return selectors.question_set_for(self.access, self.kwargs["public_id"])

    @property
    def here_url(self) -> str:
        return reverse("monitoring:question_set", args=[self.row.public_id])


class Detail(OfQuestions, Page):
    permission = Permission.EDIT_OFFICE
    template_name = "monitoring/questions/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        questions = selectors.as_questions(self.row)
        return super().get_context_data(
            row=self.row,
            questions=[(str(item.office), str(Area(item.area).label), item.code.removeprefix("own-")) for item in questions.items],
            scale=[str(step.words) for step in questions.scale],
            asked=selectors.asked_with(self.row),
            are_named=selectors.are_named(self.access, timezone.localdate()),
            **kwargs,
        )


class New(ServiceForm):
    """«Guarda l'anteprima» shows them as they will be answered and saves nothing; «Salva» writes them for good."""

    permission = Permission.EDIT_OFFICE
    template_name = "monitoring/questions/form.html"
    form_class = QuestionSetForm
    follows: Any = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        more = {"title": _("Domande dell'ufficio"), "preview": None, "back_url": reverse("monitoring:question_sets")}
        return super().get_context_data(**{**more, **kwargs})

    def form_valid(self, form: Any) -> HttpResponse:
        if "preview" not in self.request.POST:
            return super().form_valid(form)
        values = form.values()
        try:
            asked = services.checked(values["questions"])
        except DomainError as error:
            form.add_domain_error(error)
            return self.refused(form, error.status)
        rows = [{"code": code, "area": area, "text": text} for text, area, code in asked]
        name = self.follows.name if self.follows else values["name"]
        drawn = own_questions(0, name, self.follows.version + 1 if self.follows else 1, values["source"], rows)
        return self.render_to_response(self.get_context_data(form=form, preview=AnswersForm(questions=drawn, voice=Voice.OFFICE)))

    def act(self, form: Any) -> str:
        row = services.write_questions(**form.values(), follows=self.follows, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Le domande sono scritte. Non cambiano più: per correggerle si scrive una nuova versione."))
        return reverse("monitoring:question_set", args=[row.public_id])


class NewVersion(OfQuestions, New):
    @property
    def follows(self) -> QuestionSet:
        return self.row

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.row.retired_on is not None:
            messages.info(request, _("Questa versione non si usa più."))
            return SeeOther(self.here_url)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "follows": self.row}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = _("%(name)s: nuova versione") % {"name": self.row.name}
        return super().get_context_data(**{"title": title, "back_url": self.here_url, **kwargs})


class Retire(OfQuestions, ServiceForm):
    permission = Permission.EDIT_OFFICE
    template_name = "confirm.html"
    form_class = Form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Non usare più queste domande"),
            text=str(self.row),
            consequences=[
                _("I tirocini che cominciano non le hanno più."),
                _("Chi ha già risposto continua con queste fino alla fine; le risposte restano."),
            ],
            action=_("Non si usano più"),
            back_url=self.here_url,
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.retire_questions(row=self.row, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Queste domande non si usano più."))
        return self.here_url
