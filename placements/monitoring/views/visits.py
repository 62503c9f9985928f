"""Visits: the first screen of who follows placements, minutes on a tablet, the paper."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.models import Document
from impresasolidale.core.spreadsheets import file_urls, table_response
from impresasolidale.core.views import Action, Guarded, Page, SeeOther, ServiceForm, say_done, serve_document
from placements.agreements.enums import HOSTED
from placements.agreements.views import OfPlacement
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.views import AsksReason

from ..forms.visits import MinutesForm, NoteForm, OpenVisitForm, PutOffForm, VisitFilters
from ..models.visits import Visit
from ..selectors import papers
from ..selectors import visits as selectors
from ..services import visits as services
from ..visit_enums import COUNTED, VisitKind, VisitState


class _Listed:
    """The filters of the list: who mostly goes out sees their own first, who runs the office sees all."""

    access: Any
    request: Any

    @cached_property
    def filters(self) -> VisitFilters:
        comuni = selectors.comuni_of(self.access)
        return VisitFilters(self.request.GET or None, comuni=comuni, mine=Role.PROMOTER_TUTOR in self.access.roles)


class Visits(_Listed, Page):
    """My visits and calls: late, this week, later; whom to call; sheets to chase."""

    permission = Permission.FOLLOW_VISITS
    template_name = "monitoring/visits.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, wanted = timezone.localdate(), self.filters.wanted()
        page = selectors.visits_page(self.access, self.request.GET, today=today, **wanted)
        is_open = wanted["state"] == VisitState.PLANNED
        parts = [
            {"code": code, "label": label, "rows": [row for row in page.rows if selectors.when(row, today) == code]}
            for code, label in (("late", _("In ritardo")), ("week", _("Questa settimana")), ("later", _("Più avanti")))
        ]
        return super().get_context_data(
            form=self.filters,
            rows=page.rows,
            parts=[part for part in parts if part["rows"]] if is_open else [],
            is_open=is_open,
            chase=selectors.to_chase(self.access, today=today, mine=wanted["mine"]) if is_open else [],
            filtered=bool(self.request.GET),
            today=today,
            **file_urls("monitoring:visits_file", self.request.GET),
            **page.urls(self.request.GET),
            **kwargs,
        )


class VisitsFile(_Listed, Guarded):
    permission = Permission.FOLLOW_VISITS

    def get(self, request: HttpRequest, kind: str, **kwargs: Any) -> Any:
        rows = selectors.visits_for_file(self.access, today=timezone.localdate(), **self.filters.wanted())
        head = [_("Persona"), _("Comune"), _("Impresa"), _("Tipo"), _("Entro il"), _("Era per il"), _("Fatta il"), _("Da chi")]
        table = (
            [
                str(v.placement.beneficiary),
                str(v.placement.beneficiary.residence or ""),
                v.placement.company.name,
                str(v.get_kind_display()),
                v.due_on,
                v.put_off_from,
                v.held_on,
                str(v.held_by or v.placement.promoter_tutor or ""),
            ]
            for v in rows
        )
        return table_response(kind, name="visite", head=head, rows=table)


class OfVisit(AsksReason):
    """`self.visit` is the one of the URL; of a person the user does not follow, a reason is asked first."""

    kwargs: dict[str, Any]
    access: Any

    def who(self) -> Beneficiary:
        return self.visit.placement.beneficiary

    def back_after(self, person_id: Any) -> str:
        return reverse("monitoring:visit", args=[self.kwargs["public_id"]])

    @cached_property
    def visit(self) -> Visit:
        return selectors.visit_for(self.access, self.kwargs["public_id"])

    @property
    def detail_url(self) -> str:
        return reverse("monitoring:visit", args=[self.visit.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            **{"visit": self.visit, "placement": self.visit.placement, "back_url": self.detail_url, **kwargs}
        )


class VisitPage(OfVisit, Page):
    permission = Permission.FOLLOW_VISITS
    template_name = "monitoring/visit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visit, today = self.visit, timezone.localdate()
        is_open = visit.state == VisitState.PLANNED
        copy = papers.copy_of(visit) if visit.state == VisitState.DONE else None
        return super().get_context_data(
            is_open=is_open,
            is_late=is_open and visit.due_on < today,
            may_write=is_open and visit.placement.state in HOSTED,
            decisions=selectors.decisions_of(visit),
            notes=selectors.notes_of(visit) if not is_open else [],
            topics=[capfirst(str(label)) for label in labels_of(visit, "topics")],
            is_pending=visit.document is not None and visit.document.state == Document.State.PENDING,
            copy=copy,
            copy_pending=copy is not None and copy.state == Document.State.PENDING,
            there=[capfirst(str(label)) for label in labels_of(visit, "present")],
            **kwargs,
        )


def labels_of(row: Any, column: str) -> list[Any]:
    """The words of the codes in an array column."""
    words = dict(type(row)._meta.get_field(column).base_field.choices)
    return [words[code] for code in getattr(row, column)]


class NewVisit(OfPlacement, ServiceForm):
    """A call, an urgent visit, somebody who came to the office: on to its minutes."""

    permission = Permission.FOLLOW_VISITS
    template_name = "confirm.html"
    form_class = OpenVisitForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"person": self.placement.beneficiary, "company": self.placement.company}
        return super().get_context_data(
            title=_("Annota una visita o una telefonata"),
            text=_("%(person)s, presso %(company)s.") % words,
            consequences=[_("Dopo si scrive il verbale: lo puoi salvare in bozza e finire più tardi.")],
            action=_("Vai al verbale"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        visit = services.open_visit(placement=self.placement, kind=form.cleaned_data["kind"], by=self.access, today=timezone.localdate())
        return reverse("monitoring:minutes", args=[visit.public_id])


class PutOff(OfVisit, ServiceForm):
    permission = Permission.FOLLOW_VISITS
    template_name = "confirm.html"
    form_class = PutOffForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"person": self.visit.placement.beneficiary, "day": f"{self.visit.due_on:%d/%m/%Y}"}
        return super().get_context_data(
            title=_("Non oggi"),
            text=_("La visita a %(person)s era da fare entro il %(day)s.") % words,
            consequences=[_("Il motivo resta scritto accanto alla visita.")],
            action=_("Rimanda la visita"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.put_off(visit=self.visit, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("La visita è rimandata al nuovo giorno."))
        return self.detail_url


class Minutes(OfVisit, ServiceForm):
    """Typed on a tablet: "salva la bozza" as often as one likes, "chiudi" once."""

    permission = Permission.FOLLOW_VISITS
    template_name = "monitoring/minutes.html"
    form_class = MinutesForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.visit.state != VisitState.PLANNED:
            messages.info(request, _("Questo verbale è chiuso. Per correggere si aggiunge una nota."))
            return SeeOther(self.detail_url)
        return super().get(request, *args, **kwargs)

    @cached_property
    def proposed(self) -> date | None:
        """The next day by the rule book, if this visit is held today."""
        return selectors.day_after(self.visit, today=timezone.localdate())

    def get_form_kwargs(self) -> dict[str, Any]:
        words = _("Le regole dicono entro il %(day)s: puoi cambiarlo.") % {"day": f"{self.proposed:%d/%m/%Y}"} if self.proposed else ""
        return {
            **super().get_form_kwargs(),
            "current_version": self.visit.row_version,
            "decisions": selectors.decisions_of(self.visit),
            "proposed": str(words),
        }

    def get_initial(self) -> dict[str, Any]:
        visit = self.visit
        if visit.written_at:
            return {name: getattr(visit, name) for name in services.WRITTEN}
        is_call = visit.kind == VisitKind.PHONE
        return {
            "held_on": timezone.localdate(),
            "place": "" if is_call else str(visit.placement.site),
            "present": ["person"] if is_call else ["person", "company_tutor", "promoter_tutor"],
            "next_on": self.proposed if visit.kind in COUNTED else None,
        }

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if form.is_stale else 422)

    def act(self, form: Any) -> str:
        if "draft" in self.request.POST:
            services.save_minutes(visit=self.visit, by=self.access, **form.values())
            messages.success(self.request, _("La bozza è salvata: puoi finire più tardi, anche da un altro apparecchio."))
            return reverse("monitoring:minutes", args=[self.visit.public_id])
        services.close_minutes(visit=self.visit, by=self.access, today=timezone.localdate(), **form.values())
        say_done(self.request, _("Il verbale è chiuso: tra poco la carta si apre da qui."))
        return self.detail_url


class AddNote(OfVisit, ServiceForm):
    permission = Permission.FOLLOW_VISITS
    template_name = "confirm.html"
    form_class = NoteForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Correggi con una nota"),
            text=_("Un verbale chiuso non cambia: la correzione gli sta accanto, con il tuo nome."),
            consequences=[],
            action=_("Aggiungi la nota"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.add_note(visit=self.visit, text=form.cleaned_data["text"], by=self.access)
        messages.success(self.request, _("La nota è accanto al verbale."))
        return self.detail_url


class MinutesFile(OfVisit, Guarded):
    permission = Permission.FOLLOW_VISITS

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        if self.visit.document is None:
            raise Http404
        return serve_document(self.visit.document, by=self.access)


class MakeCopy(OfVisit, Action):
    """The person's copy, in easy words."""

    permission = Permission.FOLLOW_VISITS

    def act(self) -> str:
        services.issue_copy(visit=self.visit, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La copia è in preparazione: tra poco si apre da qui."))
        return self.detail_url

    def back(self) -> str:
        return self.detail_url


class CopyFile(OfVisit, Guarded):
    permission = Permission.FOLLOW_VISITS

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        copy = papers.copy_of(self.visit)
        if copy is None:
            raise Http404
        return serve_document(copy, by=self.access)


class DecisionDone(Action):
    permission = Permission.FOLLOW_VISITS

    @cached_property
    def decision(self) -> Any:
        return selectors.decision_for(self.access, self.kwargs["public_id"])

    def act(self) -> str:
        services.decision_done(decision=self.decision, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Segnato come fatto."))
        return self.back()

    def back(self) -> str:
        return reverse("monitoring:visit", args=[self.decision.visit.public_id])
