"""Pages about placements."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.columns import chosen
from impresasolidale.core.errors import DomainError
from impresasolidale.core.forms import Form
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Action, Guarded, Page, SeeOther, ServiceForm, say_done, serve_upload
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.views import AsksReason

from .. import change_selectors, issuing_selectors, readiness, rules, selectors, services, start_selectors
from ..columns import COLUMNS
from ..enums import HOSTED, ITEM_RULE, LIVE, AllowanceModel, ItemKind, PlacementState, ProjectState, SignerRole, TaxTreatment
from ..forms import (
    HAPPENED,
    TAX_MOTIVE,
    EditPlanForm,
    PlacementFilters,
    PlanForm,
    WaiveForm,
    WaiverFilters,
    written,
)
from ..light import light_items, rule_words
from ..models import Placement
from ..services.flow import overlapping
from ..signing_rules import Change
from ..steps import PLACEMENT_STEPS, StepPage
from ..transitions import PLACEMENT


class List(Page):
    permission = Permission.SEE_PLACEMENTS
    template_name = "agreements/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = PlacementFilters(self.request.GET or None)
        wanted = form.wanted()
        columns = chosen("agreements:list", COLUMNS, self.access)
        asked = {**wanted, **form.order(), "needs": columns.needs}
        page = selectors.placements_page(self.access, self.request.GET, today=timezone.localdate(), **asked)
        return super().get_context_data(
            form=form,
            rows=page.rows,
            columns=columns.columns,
            filtered=any(wanted.values()),
            between=wanted["between"] and (dict(HAPPENED)[wanted["between"][0]], *wanted["between"][1:]),
            may_prepare=self.access.may(Permission.PREPARE_PLACEMENTS),
            may_follow_accidents=self.access.may(Permission.FOLLOW_ACCIDENTS),
            **page.urls(self.request.GET),
            **kwargs,
        )


class PlacementsFile(Guarded):
    """The list as it is filtered, with the columns of the page. The look is an export."""

    permission = Permission.SEE_PLACEMENTS

    def get(self, request: HttpRequest, ending: str) -> Any:
        form, today = PlacementFilters(request.GET or None), timezone.localdate()
        wanted = form.wanted()
        columns = chosen("agreements:list", COLUMNS, self.access)
        rows = selectors.placements_file(self.access, today=today, **wanted, **form.order(), needs=columns.needs)
        head = [_("Persona"), *(str(column.label) for column in columns.columns)]
        lines = ([str(row.beneficiary), *(column.cell(row, self.access) for column in columns.columns)] for row in rows)
        return table_response(ending, name=f"tirocini-{today:%Y-%m-%d}", head=head, rows=lines)


class OfPlacement(AsksReason):
    """`self.placement` is the one of the URL; of a person the user does not follow, a reason is asked first."""

    kwargs: dict[str, Any]
    access: Any

    @cached_property
    def placement(self) -> Placement:
        return selectors.placement_for(self.access, self.kwargs["public_id"])

    def back_after(self, person_id: Any) -> str:
        return reverse("agreements:detail", args=[self.kwargs["public_id"]])

    def who(self) -> Beneficiary:
        return self.placement.beneficiary

    @property
    def detail_url(self) -> str:
        return reverse("agreements:detail", args=[self.placement.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(placement=self.placement, back_url=self.detail_url, **kwargs)  # type: ignore[misc]


class Detail(OfPlacement, Page):
    permission = Permission.SEE_PLACEMENTS
    template_name = "agreements/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        from . import changes  # its pages stand on the ones of this module
        from .issuing import papers_section  # it stands on this module

        placement, documents = self.placement, selectors.documents_of(self.placement)
        papers = selectors.papers_of(placement, documents)
        project = selectors.current_project(placement)
        ahead = change_selectors.ahead_of(placement, timezone.localdate()) if placement.state in LIVE else []
        week = [{"name": capfirst(str(WEEKDAYS[d.weekday])), "starts_at": d.starts_at, "minutes": d.minutes} for d in project.week.all()]
        return super().get_context_data(
            project=project,
            week=week,
            changes_menu=changes.changes_menu(placement, ahead, self.access),
            ahead=changes.ahead_rows(placement, ahead, self.access),
            papers=papers,
            papers_pending=any(p.is_pending for p in papers),
            light=light_items(placement, selectors.readiness_of(placement), papers, self.access),
            inherited=start_selectors.inherited_of(placement),
            may_bring_papers=self.access.may(Permission.PREPARE_PLACEMENTS),
            funding=issuing_selectors.funding_words(self.access, placement.funding_source),
            light_matters=placement.is_watched,
            has_course=placement.state in HOSTED and self.access.may(Permission.FOLLOW_VISITS),
            **steps_of(PLACEMENT, PLACEMENT_STEPS, placement, self.access, "agreements:step"),
            history=timeline(PLACEMENT, selectors.history_of(placement, "promoter_tutor", "prepared_by", "validated_by", "day_centre_by")),
            may_edit=placement.state in EDITABLE and self.access.may(Permission.PREPARE_PLACEMENTS),
            may_prepare=self.access.may(Permission.PREPARE_PLACEMENTS),
            **paper_rights(self.access, placement.state == PlacementState.TO_SIGN or any(a.state == ProjectState.TO_SIGN for a in ahead)),
            **papers_section(self.access, placement, documents),
            may_make_own=placement.state in (PlacementState.DRAFT, PlacementState.PROPOSED)
            and self.access.may(Permission.PREPARE_PLACEMENTS)
            and not (placement.agreement and placement.agreement.only_for_id),
            **kwargs,
        )


def paper_rights(access: Any, is_to_sign: bool) -> dict[str, bool]:
    """What the papers' buttons depend on."""
    return {
        "may_sign": is_to_sign and access.may(Permission.RECORD_SIGNATURES),
        "may_protocol": access.may(Permission.RECORD_PROTOCOL),
        "may_see_person": access.may(Permission.SEE_PEOPLE),
        "may_see_company": access.may(Permission.SEE_COMPANIES),
    }


def steps_of(machine: Any, pages: Any, row: Any, access: Any, url_name: str) -> dict[str, Any]:
    """The steps with a page that this person may take now; those that ask for a reason stand apart."""
    steps = [
        {"label": s.label, "url": reverse(url_name, args=[row.public_id, s.name]), "kind": "quiet" if s.needs_reason else "primary"}
        for s in machine.available(row.state, access)
        if s.name in pages
    ]
    return {"steps": steps, "has_other_steps": any(step["kind"] == "quiet" for step in steps)}


FACT_WORDS = {
    "agreements.placement.created": gettext_lazy("Bozza preparata"),
    "agreements.placement.inherited": gettext_lazy("Entrato già in corso, con le carte firmate"),
    "agreements.placement.papers_brought": gettext_lazy("Aggiunte le carte firmate con cui è cominciato"),
    "agreements.placement.edited": gettext_lazy("Bozza modificata"),
    "agreements.version.drafted": gettext_lazy("Modifica del progetto in preparazione"),
    "agreements.version.effective": gettext_lazy("Nuova versione del progetto, firmata da tutti"),
    "agreements.version.rejected": gettext_lazy("Modifica non accettata"),
    "agreements.version.withdrawn": gettext_lazy("Modifica ritirata"),
    "agreements.end.planned": gettext_lazy("Deciso che cosa fare alla fine"),
    "agreements.suspension.decided": gettext_lazy("Sospensione decisa"),
    "agreements.suspension.until": gettext_lazy("Ripresa fissata"),
    "agreements.suspension.cancelled": gettext_lazy("Sospensione annullata"),
    "agreements.extension.asked": gettext_lazy("Proroga chiesta"),
    "agreements.extension.granted": gettext_lazy("Proroga concessa"),
    "agreements.extension.denied": gettext_lazy("Proroga negata"),
    "agreements.attestation.recorded": gettext_lazy("Attestazione del servizio registrata"),
    "agreements.early_end.planned": gettext_lazy("Chiusura anticipata in programma"),
    "agreements.early_end.called_off": gettext_lazy("Chiusura anticipata annullata"),
    "agreements.tutor.changed": gettext_lazy("Cambio di tutor"),
    "agreements.tutor.called_off": gettext_lazy("Cambio di tutor annullato"),
    "agreements.placement.communication_recorded": gettext_lazy("Comunicazione obbligatoria registrata"),
    "agreements.placement.communication_annulled": gettext_lazy("Comunicazione obbligatoria annullata"),
    "agreements.placement.outside_place_added": gettext_lazy("Luogo fuori sede aggiunto"),
    "agreements.placement.outside_place_removed": gettext_lazy("Luogo fuori sede tolto"),
    "agreements.placement.insurer_told": gettext_lazy("Assicuratore avvisato di un luogo fuori sede"),
    "agreements.placement.copies_recorded": gettext_lazy("Copie consegnate"),
    "agreements.placement.replacement_flagged": gettext_lazy("Segnalata una possibile sostituzione di personale"),
    "agreements.placement.replacement_cleared": gettext_lazy("Chiarita la segnalazione sulla sostituzione di personale"),
    "agreements.placement.benefits_checked": gettext_lazy("Controllati gli altri aiuti della persona"),
    "agreements.placement.fitness_recorded": gettext_lazy("Idoneità registrata"),
    "agreements.paper.issued": gettext_lazy("Carta preparata"),
    "agreements.placement.funding_set": gettext_lazy("Scelto chi finanzia"),
    "agreements.meeting.recorded": gettext_lazy("Riunione che decide, con verbale"),
    "agreements.signature.recorded": gettext_lazy("Firma registrata"),
    "agreements.signature.asked": gettext_lazy("Firma chiesta"),
    "agreements.placement.revised": gettext_lazy("Modificato mentre aspettava le firme"),
    "agreements.readiness.waived": gettext_lazy("Deroga concessa"),
    "agreements.framework_agreement.created": gettext_lazy("Convenzione preparata in bozza"),
}


def timeline(machine: Any, facts: list[Any]) -> list[dict[str, Any]]:
    """Facts in words, for the component."""
    told = [(fact, fact_title(machine, fact.code, fact.to_state)) for fact in facts]
    return [{"when": f.at, "title": title, "text": f.reason, "who": f.who or _("il programma")} for f, title in told if title]


def fact_title(machine: Any, code: str, to_state: str) -> str:
    """A fact in words: the state it led to, or what was done; empty for one that is not told."""
    step = {t.name: t for t in machine.transitions}.get(code.rpartition(".")[2]) if to_state else None
    return _("Ora è: %(state)s") % {"state": _state_label(machine, step.target)} if step else str(FACT_WORDS.get(code, ""))


def _state_label(machine: Any, state: str) -> str:
    return str(type(machine.states[0])(state).label)


class Writes(ServiceForm):
    """The one page of a plan, new or not."""

    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/form.html"

    @property
    def today(self) -> date:
        return timezone.localdate()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "access": self.access, "today": self.today}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "choose" in request.POST:  # without JavaScript: the company was chosen, show its sites and tutors
            form = self.get_form_class()(**{**self.get_form_kwargs(), "data": None, "files": None, "initial": request.POST.dict()})
            return self.render_to_response(self.get_context_data(form=form))
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if getattr(form, "is_stale", False) else 422)


def plain(access: Any) -> dict[str, Any]:
    """What a plan begins with when nothing is known."""
    payer = selectors.default_payer(access)
    return {
        "payer": payer.public_id if payer else None,
        "allowance_model": AllowanceModel.MONTHLY_THRESHOLD,
        "tax_treatment": TaxTreatment.EXEMPT,
        "tax_motive": TAX_MOTIVE,
    }


class New(AsksReason, Writes):
    """Makes the draft of `person`; the page is `starts.NewStart`."""

    person: Any  # a Beneficiary

    def get_initial(self) -> dict[str, Any]:
        return plain(self.access)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.person, back_url=reverse("agreements:list"), is_to_sign=False, change=None, **kwargs)

    def act(self, form: Any) -> str:
        placement = services.create_placement(beneficiary=self.person, plan=form.plan(), by=self.access, today=self.today)
        messages.success(self.request, _("La bozza è salvata. Il semaforo dice che cosa manca."))
        return reverse("agreements:detail", args=[placement.public_id])


EDITABLE = (PlacementState.DRAFT, PlacementState.TO_SIGN)


def _change_code(change: Change) -> str:
    """What the user agreed to: its class and who signs again."""
    return " ".join([change.kind, *change.again])


class Edit(OfPlacement, Writes):
    form_class = EditPlanForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.placement.state not in EDITABLE:
            messages.info(request, _("Solo una bozza si può modificare: prima riportala in bozza."))
            return SeeOther(self.detail_url)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.placement.row_version}

    def get_initial(self) -> dict[str, Any]:
        return written(self.placement, selectors.current_project(self.placement))

    def refused(self, form: Any, status: int) -> HttpResponse:
        """A stale one comes back with who did what meanwhile, beside what the form itself says of the values."""
        more = {"meanwhile": timeline(PLACEMENT, selectors.history_of(self.placement))[:2]} if status == 409 else {}
        return self.render_to_response(self.get_context_data(form=form, **more), status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        change = kwargs.pop("change", None)
        names = {signer: str(SignerRole(signer).label) for signer in change.again} if change else {}
        return super().get_context_data(
            person=self.placement.beneficiary,
            is_to_sign=self.placement.state == PlacementState.TO_SIGN,
            change=change,
            again=names.values(),
            confirmed=_change_code(change) if change else "",
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        """While the papers wait for signatures, what the edit means for them is said before it is saved."""
        if self.placement.state == PlacementState.TO_SIGN:
            try:
                change = services.preview_revision(placement=self.placement, plan=form.plan(), by=self.access)
            except DomainError as error:
                form.add_domain_error(error)
                return self.refused(form, error.status)
            if self.request.POST.get("confirmed") != _change_code(change):
                return self.render_to_response(self.get_context_data(form=form, change=change))
        return super().form_valid(form)

    def act(self, form: Any) -> str:
        said = {"placement": self.placement, "plan": form.plan(), "by": self.access, "today": self.today}
        version = form.cleaned_data["row_version"]
        if self.placement.state != PlacementState.TO_SIGN:
            services.edit_placement(row_version=version, **said)
            messages.success(self.request, _("La bozza è salvata."))
        elif services.revise_placement(row_version=version, **said).asks_again:
            messages.success(self.request, _("La versione nuova è pronta: manca la firma di chi è toccato dalla modifica."))
        else:
            messages.success(self.request, _("Salvato: le firme restano valide."))
        return self.detail_url


class CompanyChoices(Page):
    """The sites and tutors of a company, for htmx."""

    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/_company_fields.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        initial = {"company": self.request.GET.get("company", "")}
        form = PlanForm(initial=initial, access=self.access, today=timezone.localdate())
        return super().get_context_data(form=form, **kwargs)


class Confirms(ServiceForm):
    """A confirm page for one step of a state table."""

    permission = Permission.SEE_PLACEMENTS
    template_name = "confirm.html"
    machine: Any
    pages: dict[str, StepPage]

    @property
    def row(self) -> Any:
        raise NotImplementedError

    @property
    def detail_url(self) -> str:
        raise NotImplementedError

    @cached_property
    def step(self) -> StepPage:
        try:
            return self.pages[self.kwargs["step"]]
        except KeyError:
            raise Http404 from None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.step:
            self.access.require(self.machine[self.kwargs["step"]].permission)
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type[Form]:
        return self.step.form

    def subject(self) -> str:
        """Whose step it is, in words."""
        return str(self.row.company)

    def consequences(self) -> list[str]:
        return [str(line) for line in self.step.consequences]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        step = self.step
        return super().get_context_data(
            title=step.title,
            text=f"{self.subject()}. {step.text}",
            consequences=self.consequences(),
            action=self.machine[self.kwargs["step"]].label,
            danger=step.danger,
            **{"back_url": self.detail_url, **kwargs},
        )

    def act(self, form: Any) -> str:
        self.step.call(self.row, form.cleaned_data, self.access, timezone.localdate())
        say_done(self.request, _("Fatto."))
        return self.detail_url


class Step(OfPlacement, Confirms):
    machine, pages = PLACEMENT, PLACEMENT_STEPS

    @property
    def row(self) -> Placement:
        return self.placement

    def subject(self) -> str:
        return _("%(person)s, presso %(company)s") % {"person": self.placement.beneficiary, "company": self.placement.company}

    def refused(self, form: Any, status: int) -> HttpResponse:
        """Somebody was quicker: the page says who, and what they did."""
        more = {"meanwhile": timeline(PLACEMENT, selectors.history_of(self.placement))[:2]} if status == 409 else {}
        return self.render_to_response(self.get_context_data(form=form, **more), status=status)

    def consequences(self) -> list[str]:
        lines = super().consequences()
        if self.kwargs["step"] == "validated":
            others = list(overlapping(self.placement).select_related("company"))
            lines += [
                _("Attenzione: nello stesso periodo ha un tirocinio presso %(company)s (regola 12).") % {"company": o.company}
                for o in others
            ]
        return lines


class ValidationAct(OfPlacement, Guarded):
    """The copy of the act that was the second key of the validation."""

    permission = Permission.SEE_PLACEMENTS

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        kept = self.placement.validation_act_file
        if kept is None:
            raise Http404
        return serve_upload(kept, by=self.access)


class Refresh(OfPlacement, Action):
    """Look again at the facts, e.g. after the person's or the company's record was put right."""

    permission = Permission.PREPARE_PLACEMENTS

    def act(self) -> str:
        readiness.refresh_readiness(placement=self.placement, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Controllato adesso."))
        return self.detail_url

    def back(self) -> str:
        return self.detail_url


class Waive(OfPlacement, ServiceForm):
    permission = Permission.WAIVE_RULES
    template_name = "confirm.html"
    form_class = WaiveForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind = self.kwargs["kind"]
        if kind not in ItemKind.values or not rules.may_waive(kind):
            raise Http404
        return super().get_context_data(
            title=_("Concedi una deroga"),
            text=_("%(item)s, regola %(rule)s") % {"item": str(ItemKind(kind).label).capitalize(), "rule": rule_words(ITEM_RULE[kind])},
            consequences=[_("La voce non ferma più l'inizio. Il tuo nome e il motivo restano scritti accanto.")],
            action=_("Concedi la deroga"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        given = {"kind": self.kwargs["kind"], "today": timezone.localdate(), **form.cleaned_data}
        readiness.waive_item(placement=self.placement, by=self.access, **given)
        messages.success(self.request, _("La deroga è registrata."))
        return self.detail_url


class Waivers(Page):
    """Every waiver of the Ambito: those in force, or with `?stato=ended` those that came to their day."""

    permission = Permission.WAIVE_RULES
    template_name = "agreements/waivers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = WaiverFilters(self.request.GET)
        ended = form.is_valid() and form.cleaned_data["stato"] == "ended"
        page = (selectors.waivers_lapsed if ended else selectors.waivers_page)(self.access, self.request.GET)
        return super().get_context_data(form=form, ended=ended, rows=page.rows, **page.urls(self.request.GET), **kwargs)
