"""The pages of the study. Aggregates alone: of the active Ambito, or of the network with small counts hidden."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.keyset import page_of
from impresasolidale.core.small_numbers import is_small
from impresasolidale.core.views import Guarded, Page, ServiceForm, serve_document
from impresasolidale.territory.enums import Severity
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.rules import Rules
from impresasolidale.territory.selectors import ambiti_of, common_rules, rules_for, tariffs_in_force
from impresasolidale.territory.shapes import SOURCE, shapes
from impresasolidale.treasury.models import Pot
from impresasolidale.treasury.selectors import budget_lines
from placements.agreements.enums import PlacementState
from placements.attendance.selectors.forecasts import shortfall

from . import cost, figures, map, paper, queries, simulator
from .forms import CostForm, DurationForm, PeriodForm, SimulatorForm
from .statistics import DAYS_A_MONTH, FEW_ENDED, FEW_PAIRS


class StudyPage(Page):
    """A page of the study: its sections, and the period that the address says."""

    permission = P.SEE_DASHBOARD
    section = ""
    form_class: type[PeriodForm] = PeriodForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = {
            "study": _("Durata"),
            "study_change": _("Cambiamento"),
            "study_attendance": _("Presenze"),
            "study_territory": _("Territorio"),
            "study_points": _("Punti critici"),
            "study_cost": _("Costi"),
            "study_simulator": _("Simulatore"),
            "study_papers": _("Carte"),
        }
        asked = self.period_query
        sections = [
            {"label": label, "url": reverse(f"reports:{name}") + asked * (name not in APART), "active": name == self.section}
            for name, label in labels.items()
        ]
        return super().get_context_data(sections=sections, today=self.today, **kwargs)

    @cached_property
    def today(self) -> Any:
        return timezone.localdate()

    @property
    def period_query(self) -> str:
        """What was asked about the period, to go on asking it on the next section."""
        query = self.request.GET.copy()
        for name in {*query} - {"dal", "al", "di"}:
            del query[name]
        return f"?{query.urlencode()}" if query else ""

    @cached_property
    def form(self) -> Any:
        query = self.request.GET.copy()
        for name, value in PeriodForm.usual(self.today).items():
            if name not in query:
                query[name] = value
        return self.form_class(query, today=self.today, has_ambito=bool(self.access.ambito_id), is_outside=self.is_outside)

    @property
    def is_outside(self) -> bool:
        """Who does not work with the rows reads also of the own Ambito what may leave it: small counts hidden, by whole quarters."""
        return not self.access.may(P.SEE_PLACEMENTS)

    @cached_property
    def rules(self) -> Rules:
        """What is small, and what is late: by the Ambito's own book, or the network's."""
        if self.access.ambito and not self.form.is_wide:
            return rules_for(self.access.ambito, self.today)[1]
        return common_rules(self.access.own_network, self.today)


APART = {"study_cost", "study_simulator", "study_papers"}  # they ask something else than a period


class PeriodPage(StudyPage):
    """A section over a period: `read` inside the reach, unless the period is unsound."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = {"form": self.form, "frame": None}
        if self.form.is_valid():
            dates = self.form.cleaned_data
            least = self.rules.small_number_threshold
            with queries.reach(self.access, first=dates["dal"], last=dates["al"], wide=self.form.is_wide) as frame:
                hides = frame.is_wide or self.is_outside
                found |= self.read(frame, least=least, hides=hides)
            found |= {"frame": frame, "basis": figures.basis(frame, least=least, hides=hides)}
        return super().get_context_data(**found, **kwargs)

    def read(self, frame: queries.Reach, *, least: int, hides: bool) -> Mapping[str, Any]:
        raise NotImplementedError

    def render_to_response(self, context: Any, **response: Any) -> Any:
        return super().render_to_response(context, **response, status=200 if context["frame"] else 422)


class Durations(PeriodPage):
    section = "study"
    template_name = "reports/study/durations.html"
    form_class = DurationForm

    def read(self, frame: queries.Reach, *, least: int, hides: bool) -> Mapping[str, Any]:
        rows = queries.spells(frame)
        measure = self.form.cleaned_data.get("misura") or figures.DURATION
        return {
            "found": figures.durations(rows, measure=measure, least=least, hides=hides),
            "causes": figures.causes(rows, least=least, hides=hides),
            "reached": figures.reached(queries.totals(frame), least=least, hides=hides),
            "few": FEW_ENDED,
        }


class Changes(PeriodPage):
    section = "study_change"
    template_name = "reports/study/changes.html"

    def read(self, frame: queries.Reach, *, least: int, hides: bool) -> Mapping[str, Any]:
        return {"changes": figures.changes(queries.paired_values(frame), least=max(least, FEW_PAIRS)), "few": max(least, FEW_PAIRS)}


class Attendance(PeriodPage):
    section = "study_attendance"
    template_name = "reports/study/attendance.html"

    def read(self, frame: queries.Reach, *, least: int, hides: bool) -> Mapping[str, Any]:
        return {"found": figures.attendance(queries.presence(frame), queries.weekdays(frame), least=least, hides=hides)}


class Territory(PeriodPage):
    section = "study_territory"
    template_name = "reports/study/territory.html"

    def read(self, frame: queries.Reach, *, least: int, hides: bool) -> Mapping[str, Any]:
        found = map.cover(queries.places(frame), queries.districts(frame), shapes(), least=least, hides=hides)
        reached = figures.reached(queries.totals(frame), least=least, hides=hides)
        return {"cover": found, "reached": reached, "map_source": SOURCE}


class Points(PeriodPage):
    section = "study_points"
    template_name = "reports/study/points.html"

    def read(self, frame: queries.Reach, *, least: int, hides: bool) -> Mapping[str, Any]:
        found = queries.faults(frame, close_day=self.rules.sheet_day_of_next_month, percent=self.rules.attendance_threshold_percent)
        points = figures.critical(found, least=least, hides=hides)
        return {"points": [(point, "" if frame.is_wide else self.rows_of(point.kind)) for point in points]}

    def rows_of(self, kind: str) -> str:
        """The rows behind, for who may see them."""
        pages = {
            "early": (P.SEE_PLACEMENTS, f"{reverse('agreements:list')}?stato={PlacementState.ENDED_EARLY}"),
            "untrained": (P.SEE_TRAINING, reverse("training:tutors")),
            "late_months": (P.CONFIRM_MONTHS, reverse("attendance:to_confirm")),
            "low_presence": (P.CONFIRM_MONTHS, reverse("attendance:office_month")),
            "late_visits": (P.FOLLOW_VISITS, f"{reverse('monitoring:visits')}?tardi=on"),
            "missing_evaluations": (P.KEEP_EVALUATIONS, f"{reverse('monitoring:evaluations')}?in_ritardo=on"),
            "uncovered": (P.SEE_DASHBOARD, reverse("reports:study_territory") + self.period_query),
        }
        needed, url = pages[kind]
        return url if self.access.may(needed) else ""


# --- Papers


class Papers(StudyPage):
    """The studies that were made, as they were: the Ambito's and the network's."""

    section = "study_papers"
    template_name = "reports/study/papers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(paper.papers(self.access), self.request.GET, order=("-id",))
        may_order = self.access.may(P.ORDER_REPORTS)
        return super().get_context_data(page=page, may_order=may_order, **page.urls(self.request.GET), **kwargs)


class OrderPaper(ServiceForm):
    permission = P.ORDER_REPORTS
    template_name = "reports/study/order.html"
    form_class = PeriodForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "today": timezone.localdate(), "has_ambito": bool(self.access.ambito_id)}

    def get_initial(self) -> dict[str, Any]:
        return PeriodForm.usual(timezone.localdate())

    def act(self, form: Any) -> str:
        found = form.cleaned_data
        job = paper.order_study(first=found["dal"], last=found["al"], wide=form.is_wide, by=self.access, today=timezone.localdate())
        return reverse("core:job", args=[job.public_id])


class PaperFile(Guarded):
    permission = P.SEE_DASHBOARD

    def get(self, request: HttpRequest, public_id: Any) -> FileResponse:
        return serve_document(get_object_or_404(paper.papers(self.access), public_id=public_id), by=self.access)


# --- Money and means


class Cost(StudyPage):
    """What a TRR costs and what a day service would have (rule 89). From an account without an Ambito one is chosen."""

    section = "study_cost"
    template_name = "reports/study/cost.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ambiti: list[Ambito] = [self.access.ambito] if self.access.ambito else ambiti_of(self.access.network_id)
        if not ambiti:
            get_object_or_404(Ambito, pk=None)
        query = self.request.GET.copy()
        for name, value in CostForm.usual(self.today, ambiti[0]).items():
            query[name] = query.get(name) or value
        form = CostForm(query, ambiti=ambiti)
        found: dict[str, Any] = {"form": form, "estimate": None}
        if form.is_valid():
            ambito = next(row for row in ambiti if row.code == form.cleaned_data["ambito"])
            found |= self.reckon(form.cleaned_data, ambito)
        return super().get_context_data(**found, **kwargs)

    def reckon(self, asked: Mapping[str, Any], ambito: Ambito) -> dict[str, Any]:
        plan = cost.Plan(asked["contributo"], asked["mesi"], asked["giorni"], asked["ore"], asked["settimane"], asked["settore"])
        known = known_in(ambito, asked["giorno"])
        rules = rules_for(ambito, self.today)[1]
        trr = cost.estimate(plan, known)
        compared = cost.compare(plan, trr, known)
        with queries.reach(self.access, first=self.today.replace(month=1, day=1), last=self.today, wide=False) as frame:
            real = queries.alternatives(queries.only(frame, ambito))
        is_ours = self.access.ambito_id == ambito.pk and not self.is_outside
        is_told = is_ours or not is_small(real.count, rules.small_number_threshold)
        return {
            "estimate": trr,
            "compared": compared,
            "is_refused": compared.is_blocked and rules.severity(89) == Severity.BLOCK,
            "parameters": cost.used(plan, known, compared=not compared.is_blocked),
            "ambito": ambito,
            "day": asked["giorno"],
            "real": real.count if is_told else None,
            "real_months": round(real.days / float(DAYS_A_MONTH)) if is_told else None,
            "new_url": reverse("territory:new_tariff") if self.access.may(P.PUBLISH_RULES) and self.access.ambito_id else "",
        }


def known_in(ambito: Ambito, day: Any) -> dict[str, cost.Parameter]:
    rows = tariffs_in_force(ambito.pk, day)
    return {kind: cost.Parameter(kind, row.value, row.valid_from, row.source, row.is_confirmed) for kind, row in rows.items()}


class Simulator(StudyPage):
    """What more TRR would take in the active Ambito; the address holds the question, nothing is stored."""

    section = "study_simulator"
    template_name = "reports/study/simulator.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET if self.request.GET.get("a_quanti") is not None else SimulatorForm.usual(self.today)
        form = SimulatorForm(query)
        found: dict[str, Any] = {"form": form, "result": None}
        if self.access.ambito_id and form.is_valid():
            found |= self.simulate(form.wishes)
        return super().get_context_data(**found, **kwargs)

    def simulate(self, wishes: list[simulator.Wish]) -> dict[str, Any]:
        book = rules_for(self.access.ambito, self.today)[1]
        years = simulator.by_year(wishes, book)
        lines = budget_lines(self.access, beside=(Pot.Use.GRANT,))
        sources = tuple(simulator.Source(line.name, line.budget.year if line.budget else None, line.free) for line in lines)
        promised = {year: shortfall(self.access, year=year, today=self.today).amount for year in years}
        with queries.reach(self.access, first=self.today, last=self.today, wide=False) as frame:
            room = queries.room(frame, per_tutor=book.trainees_per_tutor, per_promoter=book.trainees_per_promoter_tutor)
        means = simulator.Means(sources, promised, room.places, room.tutors, room.trained, room.promoter)
        urls = {
            simulator.MONEY: (P.SEE_MONEY, reverse("treasury:home")),
            simulator.PLACES: (P.SEE_COMPANIES, reverse("hosts:places")),
            simulator.TUTORS: (P.SEE_COMPANIES, reverse("hosts:tutors")),
            simulator.TRAINED: (P.SEE_TRAINING, reverse("training:tutors")),
            simulator.PROMOTER: (P.MANAGE_USERS, reverse("accounts:users")),
        }
        links = {kind: url if self.access.may(needed) else "" for kind, (needed, url) in urls.items()}
        result = simulator.simulate(wishes, means, book)
        words = {
            simulator.MONEY: _("i soldi per i contributi"),
            simulator.PLACES: _("i posti che le imprese hanno detto di avere"),
            simulator.TUTORS: _("i tutor aziendali"),
            simulator.TRAINED: _("i tutor aziendali formati"),
            simulator.PROMOTER: _("i tutor dell’ente promotore"),
        }
        labels = {
            simulator.PLACES: _("Posti nelle imprese"),
            simulator.TUTORS: _("Seguiti da un tutor aziendale"),
            simulator.TRAINED: _("Seguiti da un tutor aziendale formato"),
            simulator.PROMOTER: _("Seguiti da un tutor dell’ente promotore"),
        }
        warnings = {
            "months": _("Durano più di quanto il regolamento permette (regola 7)."),
            "hours": _("Hanno più ore alla settimana di quante il regolamento permette (regola 13)."),
            "allowance": _("Il contributo è più alto di quanto il regolamento permette (regola 38)."),
        }
        return {
            "result": result,
            "wishes": [(wish, figures.area_words(wish.area)) for wish in wishes],
            "needs": [
                (need, labels[need.kind], urls[need.kind][1] if self.access.may(urls[need.kind][0]) else "") for need in result.needs
            ],
            "first": words.get(result.first, ""),
            "money_url": links[simulator.MONEY],
            "warnings": [warnings[kind] for kind in result.warnings],
        }
