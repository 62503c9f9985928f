"""Accidents: the tutor's three fields, the office's file with its checklist, the list."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Guarded, Page, ServiceForm, serve_upload
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.agreements.views import OfPlacement
from placements.attendance.selectors import placement_for as entrusted_placement
from placements.attendance.selectors import short_name
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.views import AsksReason

from ..enums import AccidentState
from ..forms.accidents import AccidentFilters, AccidentForm, NoticeForm, OutcomeForm, ReasonForm, ReportForm
from ..models.accidents import Accident, AccidentNotice
from ..selectors import accidents as selectors
from ..services import accidents as services


class List(Page):
    permission = Permission.FOLLOW_ACCIDENTS
    template_name = "monitoring/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = AccidentFilters(self.request.GET or None)
        wanted = form.wanted()
        page = selectors.accidents_page(self.access, self.request.GET, today=timezone.localdate(), **wanted)
        return super().get_context_data(form=form, rows=page.rows, filtered=any(wanted.values()), **page.urls(self.request.GET), **kwargs)


# --- The tutor's phone


class Report(ServiceForm):
    """Three fields; the office is told at once."""

    permission = Permission.USE_TUTOR_PORTAL
    template_name = "monitoring/report.html"
    form_class = ReportForm

    @cached_property
    def placement(self) -> Placement:
        return entrusted_placement(self.access, self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"happened_at": timezone.localtime().replace(second=0, microsecond=0)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.placement.beneficiary
        return super().get_context_data(placement=self.placement, name=short_name(person.first_name, person.last_name), **kwargs)

    def act(self, form: Any) -> str:
        services.report_accident(placement=self.placement, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        return reverse("monitoring:reported")


class Reported(Page):
    """Thank you, and what to do meanwhile."""

    permission = Permission.USE_TUTOR_PORTAL
    template_name = "monitoring/reported.html"


# --- The office


class New(OfPlacement, ServiceForm):
    """From the placement's page, with all that is known."""

    permission = Permission.FOLLOW_ACCIDENTS
    template_name = "monitoring/form.html"
    form_class = AccidentForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": 0}

    def get_initial(self) -> dict[str, Any]:
        return {"happened_at": timezone.localtime().replace(second=0, microsecond=0), "place": str(self.placement.site)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("È successo un incidente"), button=_("Apri la pratica"), **kwargs)

    def act(self, form: Any) -> str:
        facts = {name: form.cleaned_data[name] for name in services.FACTS}
        accident = services.report_accident(placement=self.placement, by=self.access, today=timezone.localdate(), **facts)
        messages.success(self.request, _("La pratica è aperta: qui sotto ci sono i passi da fare."))
        return reverse("monitoring:detail", args=[accident.public_id])


class _OfAccident(AsksReason):
    """`self.accident` is the one of the URL; a closed one of a person the user does not follow wants a reason."""

    kwargs: dict[str, Any]
    access: Any
    came_by_task = True  # whoever follows accidents, while one is open

    def who(self) -> Beneficiary:
        return self.accident.placement.beneficiary

    def back_after(self, person_id: Any) -> str:
        return reverse("monitoring:detail", args=[self.kwargs["public_id"]])

    @cached_property
    def accident(self) -> Accident:
        return selectors.accident_for(self.access, self.kwargs["public_id"])

    @property
    def detail_url(self) -> str:
        return reverse("monitoring:detail", args=[self.accident.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            **{"accident": self.accident, "placement": self.accident.placement, "back_url": self.detail_url, **kwargs}
        )


class Detail(_OfAccident, Page):
    permission = Permission.FOLLOW_ACCIDENTS
    template_name = "monitoring/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        accident, today = self.accident, timezone.localdate()
        may_suspend = self.access.may(Permission.PREPARE_PLACEMENTS) and accident.placement.state == PlacementState.ACTIVE
        notices = selectors.notices_of(accident)
        return super().get_context_data(
            notices=notices,
            waits_for_certificate=any(n.is_open and n.due_on is None for n in notices),
            may_suspend=may_suspend,
            is_open=accident.state != AccidentState.CLOSED,
            may_close=accident.state == AccidentState.NOTIFIED,
            today=today,
            **kwargs,
        )


class Edit(_OfAccident, ServiceForm):
    permission = Permission.FOLLOW_ACCIDENTS
    template_name = "monitoring/form.html"
    form_class = AccidentForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.accident.row_version}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.accident, name) for name in services.FACTS}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("I fatti dell'incidente"), button=_("Salva"), **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if form.is_stale else 422)

    def act(self, form: Any) -> str:
        services.edit_accident(accident=self.accident, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Salvato: i giorni degli avvisi sono aggiornati."))
        return self.detail_url


class _Confirms(_OfAccident, ServiceForm):
    permission = Permission.FOLLOW_ACCIDENTS
    template_name = "confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"person": self.accident.placement.beneficiary, "company": self.accident.placement.company}
        return super().get_context_data(text=_("%(person)s, presso %(company)s.") % words, **kwargs)


class Close(_Confirms):
    form_class = OutcomeForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Chiudi la pratica"), action=_("Chiudi la pratica"), consequences=[_("Si può riaprire, con un motivo.")], **kwargs
        )

    def act(self, form: Any) -> str:
        services.close_accident(accident=self.accident, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La pratica è chiusa."))
        return self.detail_url


class Reopen(_Confirms):
    form_class = ReasonForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Riapri la pratica"), action=_("Riapri la pratica"), consequences=[], **kwargs)

    def act(self, form: Any) -> str:
        services.reopen_accident(accident=self.accident, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("La pratica è di nuovo aperta."))
        return self.detail_url


class _OfNotice:
    """`self.notice` is the one of the URL."""

    kwargs: dict[str, Any]
    access: Any

    @cached_property
    def notice(self) -> AccidentNotice:
        return selectors.notice_for(self.access, self.kwargs["public_id"])

    @property
    def detail_url(self) -> str:
        return reverse("monitoring:detail", args=[self.notice.accident.public_id])


class NoticeSent(_OfNotice, ServiceForm):
    permission = Permission.FOLLOW_ACCIDENTS
    template_name = "monitoring/notice.html"
    form_class = NoticeForm

    def get_initial(self) -> dict[str, Any]:
        return {"sent_on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(notice=self.notice, placement=self.notice.accident.placement, back_url=self.detail_url, **kwargs)

    def act(self, form: Any) -> str:
        services.record_notice(notice=self.notice, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("L'avviso è registrato."))
        return self.detail_url


class NoticeWaived(_OfNotice, ServiceForm):
    permission = Permission.FOLLOW_ACCIDENTS
    template_name = "confirm.html"
    form_class = ReasonForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Questo avviso non serve"),
            text=_("%(to)s, per l'incidente di %(person)s.")
            % {"to": self.notice.get_to_display(), "person": self.notice.accident.placement.beneficiary},
            consequences=[_("Il motivo resta scritto accanto all'avviso.")],
            action=_("Registra che non serve"),
            back_url=self.detail_url,
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.waive_notice(notice=self.notice, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("È scritto perché non serve."))
        return self.detail_url


class NoticeFile(_OfNotice, Guarded):
    permission = Permission.FOLLOW_ACCIDENTS

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        if self.notice.file is None:
            raise Http404
        return serve_upload(self.notice.file, by=self.access)
