"""Real companies under a scheme, and under two side by side: the study the founding page asks for."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit, charts
from impresasolidale.core.keyset import piece_of
from impresasolidale.core.models import Look
from impresasolidale.core.spreadsheets import XLSX, Cell, Sheet, file_urls, table_response, workbook
from impresasolidale.core.views import Guarded, Page
from impresasolidale.territory.selectors import common_rules

from ..comparison import LEVELS, Basis, Comparison, Group, Pair, Standing, Subject, fit_to_leave
from ..enums import Level, SizeBand
from ..forms.schemes import CompareForm
from ..models import SchemeVersion
from ..selectors import schemes as selectors
from ..selectors import standings as reads
from ..words import lacking, level_words
from .schemes import OfScheme


class OverCompanies(OfScheme):
    """What the pages about real companies share."""

    @cached_property
    def today(self) -> Any:
        return timezone.localdate()

    @cached_property
    def subjects(self) -> list[Subject]:
        return reads.subjects(self.access, self.today)

    def note(self, rows: Iterable[Standing | Pair], place: str, kind: Look.Kind = Look.Kind.LIST) -> None:
        """Which companies somebody read of."""
        audit.look(kind, [row.subject for row in rows], by=self.access, place=place, subject_type="hosts.company")  # type: ignore[misc]


class Preview(OverCompanies, Page):
    """Each company: size, points by area, level from what is known, what it could still reach, what it lacks for the next one."""

    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/schemes/preview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scheme = self.version.scheme
        found = reads.standings(scheme, self.subjects)
        page = piece_of(found, self.request.GET, key="public_id")
        self.note(page.rows, "certification:scheme_preview")
        return super().get_context_data(
            row=self.version,
            lines=[_line(scheme, standing) for standing in page.rows],
            count=len(found),
            chart=_levels_chart(found),
            **page.urls(self.request.GET),
            **file_urls("certification:scheme_preview_file", self.request.GET, self.version.public_id),
            **kwargs,
        )


def _line(scheme: Any, standing: Standing) -> dict[str, Any]:
    above = next((rule.level for rule in scheme.levels if standing.score.missing[rule.level]), None)
    return {
        "subject": standing.subject,
        "size": SizeBand(standing.subject.band).short,
        "breakdown": " · ".join(
            f"{area.name} {standing.score.areas[area.code]}" for area in scheme.areas if standing.score.areas[area.code]
        ),
        "points": [(area.name, standing.score.areas[area.code]) for area in scheme.areas],
        "bonus": standing.score.bonus,
        "total": standing.score.total,
        "level": level_words(standing.score.level),
        "most": level_words(standing.most.level),
        "above": Level(above).label if above else "",
        "missing": lacking(scheme, standing.score, above) if above else [],
    }


def _levels_chart(found: list[Standing]) -> Any:
    series = [
        (_("quello che si sa"), [sum(s.score.level == level for s in found) for level in LEVELS]),
        (_("se dichiarano tutto"), [sum(s.most.level == level for s in found) for level in LEVELS]),
    ]
    return charts.bars(_("Imprese per livello"), [level_words(level) for level in LEVELS], series)


class PreviewFile(OverCompanies, Guarded):
    permission = Permission.SEE_CERTIFICATES

    def get(self, request: HttpRequest, **kwargs: Any) -> Any:
        scheme = self.version.scheme
        head = [_("Impresa"), _("Dimensione"), _("Settore"), *(area.name for area in scheme.areas), _("Punti in più"), _("In tutto")]
        head += [_("Livello"), _("Livello, con tutto quello che può dichiarare"), _("Che cosa manca")]
        found = reads.standings(scheme, self.subjects)
        self.note(found, "certification:scheme_preview_file", Look.Kind.EXPORT)
        rows = (self.cells(line) for line in (_line(scheme, standing) for standing in found))
        return table_response(kwargs["kind"], name=f"imprese-schema-{self.version.version}", head=head, rows=rows)

    @staticmethod
    def cells(line: dict[str, Any]) -> list[Cell]:
        subject = line["subject"]
        known = [
            subject.name,
            line["size"],
            subject.sector,
            *(points for _name, points in line["points"]),
            line["bonus"],
            line["total"],
        ]
        return [*known, line["level"], line["most"], "; ".join(line["missing"])]


class OfTwo(OverCompanies):
    """Two versions and the companies under both."""

    @cached_property
    def others(self) -> list[SchemeVersion]:
        return [row for row in selectors.versions(self.access, self.today) if row.pk and row.pk != self.version.pk]

    @cached_property
    def form(self) -> CompareForm:
        query = self.request.GET.copy()
        query.setdefault("con", str(self.usual.public_id) if self.usual else "")
        query.setdefault("conta", Basis.KNOWN)
        return CompareForm(query, versions=self.others)

    @property
    def usual(self) -> SchemeVersion | None:
        """The version it is most often compared with: the one in force, else the newest other."""
        in_force = selectors.scheme_in_force(self.access, self.today)
        return next((row for row in self.others if row.pk == in_force.pk), self.others[0] if self.others else None)

    @cached_property
    def other(self) -> SchemeVersion:
        if not self.form.is_valid():
            raise Http404
        return next(row for row in self.others if str(row.public_id) == self.form.cleaned_data["con"])

    @cached_property
    def comparison(self) -> Comparison:
        basis = self.form.cleaned_data["conta"] or Basis.KNOWN
        return reads.compare(self.other.scheme, self.version.scheme, self.subjects, basis=basis)


class Compare(OfTwo, Page):
    """From the other scheme to this one: who gains, who loses, by size and by sector."""

    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/schemes/compare.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if not self.others:
            return super().get_context_data(row=self.version, other=None, **kwargs)
        other, found = self.other, self.comparison
        page = piece_of(found.movers, self.request.GET, key="public_id")
        self.note(page.rows, "certification:scheme_compare")
        query = self.request.GET
        return super().get_context_data(
            row=self.version,
            other=other,
            form=self.form,
            found=found,
            levels=[level_words(level) for level in LEVELS],
            table=[
                (level_words(level), [(level_words(to), count, to == level) for to, count in zip(LEVELS, line, strict=True)])
                for level, line in zip(LEVELS, found.table, strict=True)
            ],
            movers=[_mover(pair) for pair in page.rows],
            sizes=_groups(found.by_size),
            sectors=_groups(found.by_sector),
            chart=_two_chart(found, other.name, self.version.name),
            **page.urls(query),
            **file_urls("certification:scheme_compare_file", query, self.version.public_id),
            outside_urls=file_urls("certification:scheme_outside_file", query, self.version.public_id),
            **kwargs,
        )


def _groups(groups: Iterable[Group]) -> list[tuple[Group, list[tuple[str, int, int]]]]:
    names = [level_words(level) for level in LEVELS]
    return [(group, list(zip(names, group.before, group.after, strict=True))) for group in groups if group.companies]


def _mover(pair: Pair) -> dict[str, Any]:
    before, after = pair.levels
    return {
        "subject": pair.subject,
        "size": SizeBand(pair.subject.band).short,
        "before": level_words(before),
        "after": level_words(after),
        "totals": pair.totals,
        "gains": pair.step > 0,
    }


def _two_chart(found: Comparison, before: str, after: str) -> Any:
    columns = list(zip(*[(sum(line), sum(row[n] for row in found.table)) for n, line in enumerate(found.table)], strict=True))
    series = [(before, columns[0]), (after, columns[1])]
    return charts.bars(_("Imprese per livello"), [level_words(level) for level in LEVELS], series)


class CompareFile(OfTwo, Guarded):
    """Every company under both, for who works in the network."""

    permission = Permission.SEE_CERTIFICATES

    def get(self, request: HttpRequest, **kwargs: Any) -> Any:
        before, after = self.other, self.version
        head = [_("Impresa"), _("Dimensione"), _("Settore")]
        for version in (before, after):
            head += [f"{version.name}: {words}" for words in (_("punti"), _("livello"))]
        head.append(_("Livelli in più o in meno"))
        self.note(list(self.comparison.pairs), "certification:scheme_compare_file", Look.Kind.EXPORT)
        return table_response(kwargs["kind"], name="confronto-schemi", head=head, rows=(self.cells(pair) for pair in self.comparison.pairs))

    @staticmethod
    def cells(pair: Pair) -> list[Cell]:
        size = SizeBand(pair.subject.band).short
        (before, after), (was, now) = pair.totals, pair.levels
        return [pair.subject.name, size, pair.subject.sector, before, level_words(was), after, level_words(now), pair.step]


class OutsideFile(OfTwo, Guarded):
    """What may leave the network: how many companies by size and by sector, small numbers hidden (rule 88). No company is named."""

    permission = Permission.SEE_CERTIFICATES

    def get(self, request: HttpRequest, **kwargs: Any) -> Any:
        least = common_rules(self.access.own_network, self.today).small_number_threshold
        versions = (self.other, self.version)
        head = [_("Gruppo"), *(f"{version.name}: {level_words(level)}" for version in versions for level in LEVELS)]
        parts = ((_("Per dimensione"), self.comparison.by_size), (_("Per settore"), self.comparison.by_sector))
        audit.look(Look.Kind.EXPORT, by=self.access, place="certification:scheme_outside_file", subject_type="hosts.company")
        rows = {name: [_hidden_cells(row) for row in fit_to_leave(groups, least)] for name, groups in parts}
        if kwargs["kind"] == "xlsx":
            response = HttpResponse(workbook([Sheet(name, head, lines) for name, lines in rows.items()]), content_type=XLSX)
            response["Content-Disposition"] = 'attachment; filename="confronto-schemi-in-breve.xlsx"'
            return response
        together = [line for lines in rows.values() for line in lines]
        return table_response(kwargs["kind"], name="confronto-schemi-in-breve", head=head, rows=together)


def _hidden_cells(row: tuple[str, list[int | None], list[int | None]]) -> list[Cell]:
    name, before, after = row
    return [name, *(cell if cell is not None else _("pochi") for cell in (*before, *after))]
