"""The project in figures, and the open data behind them. Everything is read from the last release: no visitor makes a query on people.

Files, catalogue and dictionary may be read by programs of other sites (CORS): they are the same for everybody and need no session.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from impresasolidale.accounts.access import Access
from impresasolidale.core import charts
from impresasolidale.reports import catalogue, open_data
from impresasolidale.reports.indicators import BY_CODE
from impresasolidale.reports.models import OpenDataRelease
from impresasolidale.reports.open_data import BY_DATASET, DATASETS, MONTHS, QUARTERS, WHOLE
from impresasolidale.reports.periods import period_of
from impresasolidale.reports.selectors import latest_release, release_of, releases

from . import selectors
from .views import PublicPage

MONTH_BARS = 12
BESIDE = ("running", "hosts", "tutors", "comuni")
LATEST = "ultima"  # in an address: the release of the day


# --- The page of figures


@dataclass(frozen=True)
class Told:
    """A figure of the page, with what it means; None where it is too small to be told."""

    label: Any
    number: int | None
    definition: Any
    code: str


def _of(release: OpenDataRelease, dataset: str, period: str, ambito: str) -> dict[str, int | None]:
    names = [column.name for column in BY_DATASET[dataset].columns]
    return next((dict(zip(names, row, strict=True)) for row in release.rows[dataset] if row[:2] == [period, ambito]), {})


def _periods(release: OpenDataRelease, dataset: str) -> list[str]:
    return list(dict.fromkeys(row[0] for row in release.rows[dataset]))


class Figures(PublicPage):
    """What the project is, in numbers: the last quarter, two years of quarters, a year of hours, the Ambiti side by side."""

    template_name = "website/figures.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        with selectors.visitor() as access:
            release = latest_release(access)
        if release is None:
            return super().get_context_data(release=None, **kwargs)
        return super().get_context_data(release=release, **_shown(release), **kwargs)


def _shown(release: OpenDataRelease) -> dict[str, Any]:
    dataset = BY_DATASET["tirocini-per-trimestre"]
    quarters = _periods(release, dataset.code)[-QUARTERS:]
    now = _of(release, dataset.code, quarters[-1], WHOLE) if quarters else {}
    codes = [c for c in open_data.PER_QUARTER if c != "ended"]
    told = [Told(BY_CODE[code].label, now.get(code), BY_CODE[code].definition, code) for code in codes]
    by_quarter = [(q, _of(release, dataset.code, q, WHOLE)) for q in quarters]
    shown = [(_short(q), row) for q, row in by_quarter if row.get("ran") and row.get("started") is not None]
    months = [(m, _of(release, "ore-per-mese", m, WHOLE)) for m in _periods(release, "ore-per-mese")[-MONTHS:][-MONTH_BARS:]]
    timed = [(_short(m), row) for m, row in months if row.get("minuti_previsti")]
    names = {a.code: a.name for a in selectors.ambiti() if a.network_id == release.network_id}
    beside = [(name, _of(release, dataset.code, quarters[-1], code)) for code, name in names.items()] if quarters else []
    return {
        "quarter": str(period_of(quarters[-1], release.cut_off)) if quarters else "",
        "told": [t for t in told if t.number is not None],
        "definitions": told,
        "placed": charts.bars(
            _("Tirocini per trimestre"),
            [q for q, _row in shown],
            [(str(BY_CODE[code].label), [row[code] or 0 for _q, row in shown]) for code in ("ran", "started")],
        )
        if shown
        else None,
        "hours": charts.bars(
            _("Ore di tirocinio per mese"),
            [m for m, _row in timed],
            [
                (_("previste"), [row["minuti_previsti"] or 0 for _m, row in timed]),
                (_("fatte"), [row["minuti_fatti"] or 0 for _m, row in timed]),
            ],
            unit="h",
        )
        if timed
        else None,
        "beside": [(name, [(BY_CODE[code].label, row.get(code)) for code in BESIDE]) for name, row in beside],
        "beside_head": [BY_CODE[code].label for code in BESIDE],
        "activities": _activities(release),
    }


def _short(code: str) -> str:
    """ "2026-T3" → "T3 26", "2026-10" → "ott": under a bar."""
    year, part = code.split("-")
    return f"{part} {year[2:]}" if part.startswith("T") else date_format(date(int(year), int(part), 1), "M").lower()


def _activities(release: OpenDataRelease) -> dict[str, Any] | None:
    """Companies by activity in the last year that is over: (activity, how many, whether some are left out), most first."""
    rows = release.rows["imprese-per-attivita"]
    if not rows:
        return None
    year = rows[-1][0]
    told: dict[str, list[int | None]] = {}
    for _year, _ambito, _letter, words, number in (row for row in rows if row[0] == year):
        told.setdefault(words, []).append(number)
    found = [(words, sum(n or 0 for n in numbers), None in numbers) for words, numbers in told.items()]
    return {"year": year, "rows": sorted((row for row in found if row[1]), key=lambda row: -row[1])}


# --- The open data


class OpenData(PublicPage):
    """The datasets with their dictionary, all releases, licence, catalogue."""

    template_name = "website/open_data.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        with selectors.visitor() as access:
            release, others = latest_release(access), releases(access)
        found = [
            {
                "dataset": dataset,
                "csv": f"{dataset.code}.csv",
                "frequency": FREQUENCIES[dataset.frequency],
                "rows": len(release.rows[dataset.code]),
                "files": [
                    {
                        "kind": kind.upper(),
                        "url": reverse("website:dataset", args=[LATEST, dataset.code, kind]),
                        "bytes": release.files[f"{dataset.code}.{kind}"]["bytes"],
                    }
                    for kind in open_data.KINDS
                ],
            }
            for dataset in DATASETS
            if release and dataset.code in release.rows  # one that came later is not in older releases
        ]
        return super().get_context_data(release=release, datasets=found, releases=others, licence=open_data.LICENCE, **kwargs)


FREQUENCIES = {"MONTHLY": gettext_lazy("ogni mese"), "QUARTERLY": gettext_lazy("ogni trimestre"), "ANNUAL": gettext_lazy("ogni anno")}


@method_decorator(login_not_required, name="dispatch")
class _OpenFile(View):
    """A file that anybody may fetch from anywhere, with what a program asks to fetch it only when it changed."""

    http_method_names = ("get", "head", "options")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override(settings.LANGUAGE_CODE):  # one file for everybody, whatever language a browser asks for
            response = super().dispatch(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Last-Modified"
        return response

    def answer(self, release: OpenDataRelease, etag: str, make: Callable[[], HttpResponse]) -> HttpResponse:
        """What `make` gives, or 304 to who has it."""
        modified = int(release.created_at.timestamp())
        tag = quote_etag(etag)
        found = get_conditional_response(self.request, etag=tag, last_modified=modified)
        response: HttpResponse = found if found is not None else make()
        response["ETag"], response["Last-Modified"] = tag, http_date(modified)
        response["Cache-Control"] = "public, max-age=3600"
        return response


def _asked(access: Access, code: str) -> OpenDataRelease:
    """A release by its month, or the last one. 404 when there is none."""
    found = latest_release(access) if code == LATEST else release_of(access, code)
    if found is None:
        raise Http404
    return found


class DatasetFile(_OpenFile):
    """One dataset of a release as CSV or JSON: the same bytes as when it was published."""

    def get(self, request: HttpRequest, release: str, dataset: str, kind: str) -> HttpResponse:
        if dataset not in BY_DATASET or kind not in open_data.KINDS:
            raise Http404
        with selectors.visitor() as access:
            row = _asked(access, release)
        if dataset not in row.rows:
            raise Http404
        name = f"{dataset}.{kind}"

        def make() -> HttpResponse:
            data = open_data.file_of(BY_DATASET[dataset], row.rows[dataset], kind)
            response = HttpResponse(data, content_type=f"{catalogue.MEDIA[kind]}; charset=utf-8")
            response["Content-Disposition"] = f'attachment; filename="impresasolidale-{row.code}-{name}"'
            return response

        return self.answer(row, row.files[name]["sha256"], make)


class Dictionary(_OpenFile):
    """What every column means, for programs."""

    def get(self, request: HttpRequest) -> JsonResponse:
        return JsonResponse(
            {
                dataset.code: {
                    "title": str(dataset.title),
                    "description": str(dataset.description),
                    "columns": [{"name": c.name, "type": c.kind, "description": str(c.words)} for c in dataset.columns],
                }
                for dataset in DATASETS
            },
            json_dumps_params={"ensure_ascii": False, "indent": 1},
        )


class Catalogue(_OpenFile):
    """DCAT-AP_IT, as "jsonld" or "ttl"."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        if kind not in ("jsonld", "ttl"):
            raise Http404
        with selectors.visitor() as access:
            row = _asked(access, LATEST)

        def make() -> HttpResponse:
            graph = _graph(row)
            if kind == "ttl":
                return HttpResponse(catalogue.as_turtle(graph), content_type="text/turtle; charset=utf-8")
            return JsonResponse(
                catalogue.as_json_ld(graph), content_type="application/ld+json", json_dumps_params={"ensure_ascii": False, "indent": 1}
            )

        return self.answer(row, f"{row.rows_hash}-{kind}", make)


def _graph(row: OpenDataRelease) -> list[catalogue.Node]:
    page = settings.BASE_URL + reverse("website:open_data")
    bodies = selectors.lead_bodies()
    first = bodies[0] if bodies else None
    publisher = catalogue.Publisher(
        name=row.network.name,
        identifier=(first.ipa_code if first else "") or row.network.code,
        email=first.pec if first else "",
    )
    spoken = {}
    for dataset in DATASETS:
        if dataset.code in row.rows and (codes := _periods(row, dataset.code)):
            spoken[dataset.code] = (period_of(codes[0], row.cut_off).first, period_of(codes[-1], row.cut_off).last)
    release = catalogue.Release(row.code, row.cut_off, row.created_at, spoken, row.files)
    return catalogue.nodes(
        release,
        publisher=publisher,
        places=[f"Ambito di {a.name}" for a in selectors.ambiti()],
        page=page,
        file_url=lambda code, dataset, kind: settings.BASE_URL + reverse("website:dataset", args=[code, dataset, kind]),
        dataset_url=lambda dataset: f"{page}#{dataset}",
    )
