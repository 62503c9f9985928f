"""The office's pages of evaluations: the list, one, a placement's voices side by side with their charts, and each step."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import sms
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm, serve_document, serve_upload
from placements.agreements.views import OfPlacement
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.views import AsksReason

from .. import evaluation_charts, evaluation_documents
from ..evaluation_enums import THREE, Area, EvaluationState, Given, Moment, Voice
from ..evaluation_questions import BASE
from ..forms.evaluations import (
    AnswersForm,
    AskForm,
    CorrectionForm,
    EvaluationFilters,
    LinkForm,
    PaperForm,
    ScanForm,
    WhyForm,
)
from ..models.evaluations import Evaluation
from ..selectors import evaluations as selectors
from ..services import evaluations as services

S = EvaluationState
KEEP = Permission.KEEP_EVALUATIONS


class List(Page):
    permission = KEEP
    template_name = "monitoring/evaluations/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = EvaluationFilters(self.request.GET or None)
        wanted = form.wanted()
        today = timezone.localdate()
        page = selectors.evaluations_page(self.access, self.request.GET, today=today, **wanted)
        return super().get_context_data(
            form=form, rows=page.rows, today=today, filtered=any(wanted.values()), **page.urls(self.request.GET), **kwargs
        )


# --- A placement's


class OnPlacement(OfPlacement, Guarded):
    """A page about all the evaluations of `self.placement`."""

    permission = KEEP

    def back_after(self, person_id: Any) -> str:
        return reverse("monitoring:evaluations_of", args=[self.kwargs["public_id"]])

    @property
    def here_url(self) -> str:
        return reverse("monitoring:evaluations_of", args=[self.placement.public_id])


class Side(OnPlacement, Page):
    """Voices side by side, charts with their tables, what was not had and why, what the person says of the final one."""

    template_name = "monitoring/evaluations/side.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = selectors.compared(self.placement)
        every = selectors.of_placement(self.access, self.placement)
        final = next((row for row in every if selectors.is_told(row)), None)
        keys = [(moment, voice) for moment in found.moments for voice in THREE if (moment, voice) in found.given]
        return super().get_context_data(
            every=[row for row in every if row.state != S.CORRECTED],
            found=found,
            heads=[(str(Moment(moment).label), str(Voice(voice).label)) for moment, voice in keys],
            table=[(row.text, row.area_words, [row.cells.get(key) for key in keys]) for row in found.items] if keys else [],
            goals=[(row.text, [row.cells.get(key) for key in keys]) for row in found.goals],
            comments=[(str(Moment(m).label), str(Voice(v).label), text) for (m, v), text in found.comments.items()],
            happy=[(str(Voice(voice).label), rows) for voice, rows in found.satisfaction.items()],
            whole=evaluation_charts.whole_chart(found) if keys else None,
            area_charts=evaluation_charts.area_charts(found),
            goal_charts=evaluation_charts.goal_charts(found),
            final=final,
            today=timezone.localdate(),
            papers=evaluation_documents.papers_of(self.placement),
            **kwargs,
        )


class Ask(OnPlacement, ServiceForm):
    template_name = "monitoring/evaluations/form.html"
    form_class = AskForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Chiedi una valutazione"), button=_("Chiedi"), **{"here_url": self.here_url, **kwargs})

    def act(self, form: Any) -> str:
        row = services.ask_by_hand(placement=self.placement, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        return reverse("monitoring:evaluation", args=[row.public_id])


class MakePapers(OnPlacement, Action):
    """The office's paper with its charts, and the easy one for the person; or the sheet to fill in by hand."""

    def act(self) -> str:
        kind = self.request.POST.get("kind_of", "")
        if kind not in evaluation_documents.KINDS:
            raise Http404
        evaluation_documents.issue_paper(kind=kind, placement=self.placement, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La carta è in preparazione: tra poco si apre da qui."))
        return self.here_url

    def back(self) -> str:
        return self.here_url


class Paper(OnPlacement):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        document = evaluation_documents.paper_for(self.placement, kwargs["paper_id"])
        return serve_document(document, by=self.access)


# --- One


class OnEvaluation(AsksReason, Guarded):
    """`self.row` is the one of the URL; of a person the user does not follow, a reason is asked first."""

    permission = KEEP
    kwargs: dict[str, Any]
    came_by_task = True  # while it is asked, whoever keeps evaluations

    def who(self) -> Beneficiary:
        return self.row.placement.beneficiary

    def back_after(self, person_id: Any) -> str:
        return reverse("monitoring:evaluation", args=[self.kwargs["public_id"]])

    @cached_property
    def row(self) -> Evaluation:
        return selectors.evaluation_for(self.access, self.kwargs["public_id"])

    @property
    def here_url(self) -> str:
        return reverse("monitoring:evaluation", args=[self.row.public_id])

    @property
    def side_url(self) -> str:
        return reverse("monitoring:evaluations_of", args=[self.row.placement.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        more = {"evaluation": row, "placement": row.placement, "here_url": self.here_url, "side_url": self.side_url}
        return super().get_context_data(**{**more, "back_url": self.here_url, **kwargs})  # type: ignore[misc]


class Detail(OnEvaluation, Page):
    template_name = "monitoring/evaluations/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        questions, answers = selectors.questions_of(row), selectors.answers_of(row)
        said = [
            (str(item.wording(row.voice)), str(Area(item.area).label), item.code in answers, questions.words(answers.get(item.code)))
            for item in questions.items
        ]
        return super().get_context_data(
            questions=questions,
            said=said,
            is_begun=bool(answers),
            goals=[(rating.text, selectors.goal_words(rating.value)) for rating in selectors.ratings_of(row)],
            is_linked=row.voice in services.LINKED,
            is_base=row.questions == BASE.code,
            today=timezone.localdate(),
            **kwargs,
        )


class _Rows(OnEvaluation, ServiceForm):
    """A form of the rows of a set, filled with what is there."""

    template_name = "monitoring/evaluations/answer.html"
    form_class: Any = AnswersForm

    def get_form_kwargs(self) -> dict[str, Any]:
        row = self.row
        return {
            **super().get_form_kwargs(),
            "questions": selectors.questions_of(row),
            "voice": row.voice,
            "ratings": selectors.ratings_of(row),
            "answers": selectors.answers_of(row),
            "comment": row.comment,
        }


class Answer(_Rows):
    """The office's own voice: saved half-way, or given."""

    def get_form_kwargs(self) -> dict[str, Any]:
        if self.row.voice != Voice.OFFICE:  # read or written: nobody's words are drafted by somebody else
            raise Http404
        return super().get_form_kwargs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("La voce dell'ufficio"), with_draft=True, button=_("È finita"), **kwargs)

    def act(self, form: Any) -> str:
        said: Any = {"evaluation": self.row, "answers": form.answers, "goals": form.goals, "comment": form.cleaned_data["comment"]}
        if "draft" in self.request.POST:
            services.save_draft(**said, by=self.access, today=timezone.localdate())
            messages.success(self.request, _("Salvato. Puoi finire quando vuoi."))
            return self.here_url
        services.give(**said, how=Given.OFFICE, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La valutazione dell'ufficio è data."))
        return self.side_url


class OnPaper(_Rows):
    """Received on paper: the scan, the answers, or both."""

    form_class = PaperForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Ricevuta su carta"), with_draft=False, button=_("Registra"), **kwargs)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.give(
            evaluation=self.row,
            answers=form.answers,
            goals=form.goals,
            comment=data["comment"],
            who=data["who"],
            given_on=data["given_on"],
            scan=data["file"],
            how=Given.PAPER,
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("È registrata: ricevuta su carta."))
        return self.here_url


class Correct(_Rows):
    form_class = CorrectionForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Correggi la valutazione"), with_draft=False, button=_("Salva la correzione"), **kwargs)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        row = services.correct(
            evaluation=self.row,
            answers=form.answers,
            goals=form.goals,
            comment=data["comment"],
            reason=data["reason"],
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("Corretta. Quella di prima resta, con il motivo."))
        return reverse("monitoring:evaluation", args=[row.public_id])


class Waive(OnEvaluation, ServiceForm):
    template_name = "confirm.html"
    form_class = WhyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        words = {"voice": row.get_voice_display(), "moment": row.get_moment_display(), "person": row.placement.beneficiary}
        return super().get_context_data(
            title=_("Questa valutazione non si fa"),
            text=_("%(voice)s, %(moment)s: %(person)s.") % words,
            consequences=[_("Il motivo resta scritto, anche nella relazione finale."), _("Si può chiedere di nuovo.")],
            action=_("Registra che non si fa"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.waive(evaluation=self.row, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("È scritto perché non si fa."))
        return self.side_url


class AskAgain(OnEvaluation, Action):
    def act(self) -> str:
        services.ask_again(evaluation=self.row, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("È di nuovo da fare."))
        return self.here_url

    def back(self) -> str:
        return self.here_url


class SendLink(OnEvaluation, ServiceForm):
    template_name = "monitoring/evaluations/form.html"
    form_class = LinkForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "has_sms": sms.is_available(self.access.ambito_id, timezone.localdate())}

    def get_initial(self) -> dict[str, Any]:
        person = self.row.placement.beneficiary
        is_person = self.row.voice == Voice.PERSON
        return {"channel": "email", "address": person.email if is_person else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Manda il collegamento personale"),
            button=_("Manda"),
            hint=_("Apre solo queste domande, senza password. Quello mandato prima smette di funzionare."),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.send_link(evaluation=self.row, by=self.access, now=timezone.now(), **form.cleaned_data)
        messages.success(self.request, _("Il collegamento è in partenza."))
        return self.here_url


class AddScan(OnEvaluation, ServiceForm):
    template_name = "monitoring/evaluations/form.html"
    form_class = ScanForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Aggiungi il foglio"), button=_("Aggiungi"), **kwargs)

    def act(self, form: Any) -> str:
        services.attach_scan(evaluation=self.row, file=form.cleaned_data["file"], by=self.access)
        return self.here_url


class Scan(OnEvaluation):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        if self.row.scan is None:
            raise Http404
        return serve_upload(self.row.scan, by=self.access)


class Heard(OnEvaluation, Action):
    """Somebody has listened to who disagrees."""

    def act(self) -> str:
        services.settle_disagreement(evaluation=self.row, by=self.access)
        messages.success(self.request, _("È scritto che l'hai sentita."))
        return self.side_url

    def back(self) -> str:
        return self.side_url
