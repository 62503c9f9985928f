"""The person's own pages: one question a page, large faces, no numbers. Behind a personal link (accounts.doors), or on the office's
tablet. The area of the person opens the same pages from desk.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from impresasolidale.accounts import doors
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Guarded, Page, SeeOther, ServiceForm
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.views import AsksReason

from ..evaluation_enums import EvaluationState, Given, Voice
from ..evaluation_questions import GOAL_STEPS, Item
from ..forms.evaluations import NONE, OneForm, OpinionForm, OwnWordsForm, choices_of
from ..models.evaluations import Evaluation, GoalRating
from ..selectors import evaluations as selectors
from ..services import evaluations as services

# --- Doors


class Door(doors.Door):
    place, links, is_single = "evaluation links", "evaluation_link", True
    page, gone_template = "my_evaluation:start", "monitoring/own/gone.html"
    find, ask_behind = staticmethod(selectors.door_of), staticmethod(selectors.behind)


class Behind(doors.Behind):
    door = Door
    place = "my_evaluation:"
    how = Given.ONLINE


class OnTablet(AsksReason, Guarded):
    """The office's own screen, handed over: the person's pages without the office's menu."""

    permission = Permission.KEEP_EVALUATIONS
    place = "monitoring:tablet_"
    how = Given.TABLET
    came_by_task = True
    tells = False  # the page is about the office's own final evaluation
    kwargs: dict[str, Any]

    @cached_property
    def holder(self) -> Any:
        return self.access

    def who(self) -> Beneficiary:
        return self.row.placement.beneficiary

    def back_after(self, person_id: Any) -> str:
        return reverse("monitoring:evaluation", args=[self.kwargs["public_id"]])

    @cached_property
    def row(self) -> Evaluation:
        row = selectors.evaluation_for(self.access, self.kwargs["public_id"])
        if row.voice not in services.LINKED and not (self.tells and selectors.is_told(row)):
            raise Http404
        return row


# --- Pages


class Own:
    """What every page knows: the evaluation, its steps, where it leads."""

    place: str
    how: Given
    holder: Any  # the Access of who answers
    kwargs: dict[str, Any]
    request: Any

    @cached_property
    def row(self) -> Evaluation:
        return selectors.mine(self.holder, self.kwargs["public_id"])

    def at(self, name: str, *more: object) -> str:
        return reverse(f"{self.place}{name}", args=[self.row.public_id, *more])

    @cached_property
    def ratings(self) -> list[GoalRating]:
        return selectors.ratings_of(self.row)

    @cached_property
    def steps(self) -> list[Item | GoalRating]:
        """The questions, then the goals: one a page."""
        return [*selectors.questions_of(self.row).items, *self.ratings]

    @property
    def is_open(self) -> bool:
        return bool(self.row.state == EvaluationState.ASKED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.row.placement.beneficiary
        return super().get_context_data(  # type: ignore[misc]
            **{
                "evaluation": self.row,
                "is_person": self.row.voice == Voice.PERSON,
                "first_name": person.first_name,
                "company": self.row.placement.company.name,
                "on_tablet": self.how == Given.TABLET,
                "office_url": self.office_url,
                "count": len(self.steps),
                **kwargs,
            }
        )

    @property
    def office_url(self) -> str:
        """Where the tablet goes back to."""
        return reverse("monitoring:evaluations_of", args=[self.row.placement.public_id]) if self.how == Given.TABLET else ""


class Start(Own, Page):
    """What this is, and the one button; when it was given, thanks and what else waits."""

    def get_template_names(self) -> list[str]:
        return ["monitoring/own/start.html" if self.is_open else "monitoring/own/done.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = None if self.is_open or self.how == Given.TABLET else selectors.waiting_for_person(self.holder)
        return super().get_context_data(
            first_url=self.at("question", 1), waiting=waiting, place=self.place, is_given=self.row.state == EvaluationState.GIVEN, **kwargs
        )


class Question(Own, ServiceForm):
    """One question, its drawing, four faces and «non so». The tap is kept at once."""

    template_name = "monitoring/own/question.html"
    form_class = OneForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.is_open else SeeOther(self.at("start"))

    @cached_property
    def step(self) -> Item | GoalRating:
        number = self.kwargs["number"]
        if not 1 <= number <= len(self.steps):
            raise Http404
        return self.steps[number - 1]

    @property
    def scale(self) -> Any:
        return GOAL_STEPS if isinstance(self.step, GoalRating) else selectors.questions_of(self.row).scale

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "steps": self.scale}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        number, step = self.kwargs["number"], self.step
        if isinstance(step, GoalRating):
            said = "" if step.value is None else str(step.value)
            words, picture = step.text, "goal"
        else:
            answers = selectors.answers_of(self.row)
            value = answers.get(step.code)
            said = "" if step.code not in answers else NONE if value is None else str(value)
            words, picture = str(step.wording(self.row.voice)), step.picture
        faces = {str(each.value): each.face for each in self.scale}
        return super().get_context_data(
            number=number,
            words=words,
            picture=picture,
            is_goal=isinstance(step, GoalRating),
            choices=[(value, str(label), faces.get(value, "dont-know"), value == said) for value, label in choices_of(self.scale)],
            previous_url=self.at("question", number - 1) if number > 1 else self.at("start"),
            next_url=self.next_url,
            **kwargs,
        )

    @property
    def next_url(self) -> str:
        number = self.kwargs["number"]
        return self.at("question", number + 1) if number < len(self.steps) else self.at("finish")

    def act(self, form: Any) -> str:
        step = self.step
        said: dict[str, Any] = {"answers": {}, "goals": {}}
        if isinstance(step, GoalRating):
            said["goals"] = {step.position: form.answer}
        else:
            said["answers"] = {step.code: form.answer}
        services.save_draft(evaluation=self.row, by=self.holder, today=timezone.localdate(), **said)
        return self.next_url


class Finish(Own, ServiceForm):
    """All the answers again, each to change; a free word; the end."""

    template_name = "monitoring/own/finish.html"
    form_class = OwnWordsForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.is_open else SeeOther(self.at("start"))

    def get_initial(self) -> dict[str, Any]:
        return {"comment": self.row.comment}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        questions, answers = selectors.questions_of(self.row), selectors.answers_of(self.row)
        goal_faces: dict[int | None, str] = {step.value: step.face for step in GOAL_STEPS}
        rows = []
        for number, step in enumerate(self.steps, 1):
            if isinstance(step, GoalRating):
                is_said, words, face = step.value is not None, selectors.goal_words(step.value), goal_faces.get(step.value, "")
                rows.append((step.text, "goal", is_said, words, face, self.at("question", number)))
            else:
                is_said, value = step.code in answers, answers.get(step.code)
                text = str(step.wording(self.row.voice))
                rows.append((text, step.picture, is_said, questions.words(value), questions.face(value), self.at("question", number)))
        return super().get_context_data(rows=rows, previous_url=self.at("question", len(self.steps)), **kwargs)

    def act(self, form: Any) -> str:
        services.give(
            evaluation=self.row,
            by=self.holder,
            today=timezone.localdate(),
            how=self.how,
            comment=form.cleaned_data["comment"],
        )
        return self.at("start")


class Hear(Own, ServiceForm):
    """The final evaluation told in words and faces: do I agree?"""

    template_name = "monitoring/own/told.html"
    form_class = OpinionForm

    @cached_property
    def row(self) -> Evaluation:
        return selectors.to_hear(self.holder, self.kwargs["public_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(told=selectors.told_to_person(self.row), **kwargs)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.state_opinion(
            evaluation=self.row,
            agrees=data["agrees"] == "yes",
            comment=data["comment"],
            how=self.how,
            by=self.holder,
            today=timezone.localdate(),
        )
        return self.at("told")


class LinkStart(Behind, Start):
    pass


class LinkQuestion(Behind, Question):
    pass


class LinkFinish(Behind, Finish):
    pass


class LinkHear(Behind, Hear):
    pass


class TabletStart(OnTablet, Start):
    pass


class TabletQuestion(OnTablet, Question):
    pass


class TabletFinish(OnTablet, Finish):
    pass


class TabletHear(OnTablet, Hear):
    tells = True
