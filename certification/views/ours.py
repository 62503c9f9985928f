"""The recognition in the company's portal: what it holds, ten minutes to ask for the next one, one tap a year."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.views.ours import OfOurCompany
from impresasolidale.core import forms as core
from impresasolidale.core.views import Action, FormPage, Guarded, Page, SeeOther, ServiceForm, serve_upload

from ..enums import ApplicationState, Level
from ..forms import ours as forms
from ..models import Application, YearCheck
from ..selectors import assessment, campaigns
from ..selectors.assessment import Assessment
from ..selectors.assessment import Page as AreaOf
from ..services import assessment as services
from ..services import yearly


class OurPage(OfOurCompany, Page):
    template_name = "certification/ours/page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        ours = assessment.our_recognitions(self.access, [self.company.pk], today=today)[self.company.pk]
        door, following = campaigns.door(self.access, today), assessment.following(self.access, ours.held, today=today)
        may_begin = bool(following.level) and (door.is_open or following.is_renewal) and not ours.is_suspended
        return super().get_context_data(ours=ours, door=door, following=following, may_begin=may_begin, **kwargs)


class OfRecognition(OfOurCompany):
    def back(self) -> str:
        return reverse("our_recognition:page", args=[self.company.public_id])


class Begin(OfRecognition, Action):
    def act(self) -> str:
        made = services.begin_application(company=self.company, by=self.access, today=timezone.localdate())
        return reverse("our_recognition:application", args=[self.company.public_id, made.public_id])


class OfApplication(OfRecognition):
    """`self.application` is one of the own company's; `self.seen` what it says today."""

    @cached_property
    def application(self) -> Application:
        return assessment.our_application(self.access, self.company, self.kwargs["application_id"])

    @cached_property
    def seen(self) -> Assessment:
        return assessment.assess(self.access, self.application, today=timezone.localdate())

    def home(self) -> str:
        return reverse("our_recognition:application", args=[self.company.public_id, self.application.public_id])

    def is_draft(self) -> bool:
        return self.application.state == ApplicationState.DRAFT


class Overview(OfApplication, Page):
    """Where it stands: the areas, what is missing for the next level, what was decided."""

    template_name = "certification/ours/application.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assessment.looked(self.access, self.application)
        seen = self.seen
        first = next((page for page in seen.pages if not page.is_answered), None)
        rows = [
            {
                "page": page,
                "url": reverse("our_recognition:area", args=[self.company.public_id, self.application.public_id, page.area.code]),
            }
            for page in seen.pages
        ]
        return super().get_context_data(
            application=self.application,
            seen=seen,
            rows=rows,
            first=first,
            is_draft=self.is_draft(),
            reached=Level(seen.score.level).label if seen.score.level else "",
            next_level=seen.next_level.label if seen.next_level else "",
            lacking=seen.lacking(seen.next_level) if seen.next_level else [],
            may_withdraw=self.application.state in (ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.READY),
            **kwargs,
        )


class OnDraft(OfApplication, ServiceForm):
    """A form of a draft; one that was presented is only read."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().get(request, *args, **kwargs) if self.is_draft() else SeeOther(self.home())


class AreaPage(OnDraft):
    """One area: saved at each page, left and taken up again as one likes."""

    template_name = "certification/ours/area.html"
    form_class = forms.AreaForm

    @cached_property
    def page(self) -> AreaOf:
        found = next((page for page in self.seen.pages if page.area.code == self.kwargs["area"]), None)
        if found is None:
            raise Http404
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "asked": self.page.to_answer}

    def _url(self, page: AreaOf) -> str:
        return reverse("our_recognition:area", args=[self.company.public_id, self.application.public_id, page.area.code])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pages = self.seen.pages
        number = pages.index(self.page)
        return super().get_context_data(
            page=self.page,
            computed=[one for one in self.page.asked if one.is_computed],
            number=number + 1,
            total=len(pages),
            before_url=self._url(pages[number - 1]) if number else "",
            home_url=self.home(),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.save_area(application=self.application, area=self.page.area.code, said=form.said, by=self.access)
        if wanted := self.request.POST.get("proof"):
            where = [self.company.public_id, self.application.public_id, self.page.area.code, wanted]
            return reverse("our_recognition:add_proof", args=where)
        pages = self.seen.pages
        after = pages.index(self.page) + 1
        if after < len(pages):
            return self._url(pages[after])
        messages.success(self.request, _("Risposte salvate: sono tutte qui."))
        return self.home()


class AddProof(OnDraft, FormPage):
    template_name = "certification/ours/form.html"
    form_class = forms.ProofForm
    button = gettext_lazy("Aggiungi")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        criterion = self.seen.scheme.criteria.get(self.kwargs["criterion"])
        if criterion is None:
            raise Http404
        wanted = ", ".join(criterion.proofs)
        lead = _("Può andare bene: %(what)s.") % {"what": wanted} if wanted else _("Un documento, o una foto, che lo dimostra.")
        words = {"title": _("Una prova per «%(name)s»") % {"name": criterion.name}, "lead": lead, "kicker": self.company.name}
        return super().get_context_data(**words, home_url=super().back(), **kwargs)

    def back(self) -> str:
        where = [self.company.public_id, self.application.public_id, self.kwargs["area"]]
        return reverse("our_recognition:area", args=where) + f"#{self.kwargs['criterion']}"

    def act(self, form: Any) -> str:
        services.add_proof(application=self.application, criterion=self.kwargs["criterion"], by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La prova è salvata."))
        return self.back()


class OfProof(OfRecognition):
    @cached_property
    def proof(self) -> Any:
        return assessment.our_proof(self.access, self.company, self.kwargs["proof_id"])


class ProofFile(OfProof, Guarded):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return serve_upload(assessment.file_of(self.proof), by=self.access)


class RemoveProof(OfProof, Action):
    def act(self) -> str:
        services.remove_proof(proof=self.proof, by=self.access)
        messages.success(self.request, _("La prova è tolta."))
        return self.back()

    def back(self) -> str:
        application = self.proof.answer.application
        return reverse("our_recognition:application", args=[self.company.public_id, application.public_id])


class Sign(OnDraft):
    """The last page: which level, the declarations that are due, who says so."""

    template_name = "certification/ours/sign.html"
    form_class = forms.SignForm

    @cached_property
    def wanted(self) -> list[str]:
        return assessment.declarations_wanted(self.company, today=timezone.localdate())

    def get_form_kwargs(self) -> dict[str, Any]:
        initial = {"signed_by": str(self.access.actor)}
        return {**super().get_form_kwargs(), "levels": self.seen.reached, "wanted": self.wanted, "initial": initial}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seen = self.seen
        return super().get_context_data(
            seen=seen,
            first_lacks=seen.lacking(seen.scheme.levels[0].level) if not seen.reached else [],
            without=[one.criterion for one in seen.asked if one.needs_proof],
            home_url=self.home(),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        row = services.submit_application(
            application=self.application,
            level=form.cleaned_data["level"],
            signed_by=form.cleaned_data["signed_by"],
            by=self.access,
            today=timezone.localdate(),
            **form.declared,
        )
        messages.success(self.request, _("Domanda presentata: è la n. %(number)s. Ora la guarda l'ufficio.") % {"number": row.number})
        return self.home()


class Withdraw(OfApplication, ServiceForm):
    template_name = "confirm.html"
    form_class = core.Form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            title=_("Ritira la domanda"),
            text=str(self.company),
            consequences=[
                _("La domanda si chiude, e nessuno la decide."),
                _("Le risposte restano: la prossima volta le trovate già scritte."),
            ],
            action=_("Ritira la domanda"),
            danger=True,
            **kwargs,
        )
        return {**context, "back_url": self.home()}

    def act(self, form: Any) -> str:
        services.withdraw_application(application=self.application, by=self.access)
        messages.success(self.request, _("Domanda ritirata."))
        return self.back()


class AnswerCheck(OfRecognition, ServiceForm):
    """Once a year: one question, and that one is in order."""

    template_name = "certification/ours/check.html"
    form_class = forms.CheckForm

    @cached_property
    def check(self) -> YearCheck:
        return assessment.our_check(self.access, self.company, self.kwargs["check_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        wanted = assessment.declarations_wanted(self.company, today=timezone.localdate())
        return {**super().get_form_kwargs(), "wanted": wanted, "initial": {"signed_by": str(self.access.actor)}}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return SeeOther(self.back()) if self.check.answered_on else super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(check=self.check, **kwargs)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        yearly.answer_check(
            check=self.check,
            still=data["still"],
            signed_by=data["signed_by"],
            by=self.access,
            today=timezone.localdate(),
            **form.declared,
        )
        messages.success(self.request, _("Fatto, grazie. Ci sentiamo tra un anno."))
        return self.back()
