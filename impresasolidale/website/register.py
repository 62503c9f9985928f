"""The public register of the recognised companies: search, map, a company's page, its card for other sites, the data for programs."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from csp.decorators import csp_replace
from django import forms as django_forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.clickjacking import xframe_options_exempt

from certification import logo
from certification.enums import Level
from certification.selectors import public as certification
from companies.hosts import ateco
from impresasolidale.core.charts import AREA_FILLS
from impresasolidale.core.forms import Form
from impresasolidale.core.spreadsheets import csv_pieces
from impresasolidale.reports.open_data import LICENCE
from impresasolidale.territory.models import Ambito, Comune
from impresasolidale.territory.shapes import SOURCE, Shapes, shapes

from . import selectors
from .views import PublicPage

LEAST = 3  # a class "from 1 to 2" at the least, however small a number the office lets be told
KEPT = 600  # seconds others may keep a card: a recognition that is taken back is off their page in ten minutes


class Search(Form):
    q = django_forms.CharField(label=gettext_lazy("Nome o comune"), required=False, max_length=80)
    comune = django_forms.ChoiceField(label=gettext_lazy("Comune"), required=False)
    settore = django_forms.ChoiceField(label=gettext_lazy("Settore"), required=False)
    livello = django_forms.ChoiceField(label=gettext_lazy("Livello"), required=False)
    ambito = django_forms.ChoiceField(label=gettext_lazy("Zona"), required=False)

    def __init__(self, *args: Any, ambiti: list[Ambito], comuni: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ambiti = {a.code: a.pk for a in ambiti}
        sectors = sorted(((letter, str(words).capitalize()) for _last, letter, words in ateco.SECTIONS), key=lambda pair: pair[1])
        choices = {
            "comune": [("", _("Tutti")), *comuni],
            "settore": [("", _("Tutti")), *sectors],
            "livello": [("", _("Tutti")), *certification.LEVELS],
            "ambito": [("", _("Tutta la provincia")), *((a.code, a.name) for a in ambiti)],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]

    @property
    def wanted(self) -> certification.Wanted:
        """What is looked for; what is not understood is not asked."""
        data = self.cleaned_data if self.is_valid() else {}
        return certification.Wanted(
            text=data.get("q", ""),
            comune=data.get("comune", ""),
            sector=data.get("settore", ""),
            level=data.get("livello", ""),
            ambito_id=self.ambiti.get(data.get("ambito", "")),
        )


class Register(PublicPage):
    template_name = "website/register.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        with selectors.visitor() as access:
            counts = certification.by_comune(access, today)
            names = {str(c.istat_code): c.name for c in Comune.objects.filter(istat_code__in=counts).order_by("name")}
            form = Search(self.request.GET, ambiti=selectors.ambiti(), comuni=list(names.items()))
            wanted = form.wanted
            page = certification.register(access, self.request.GET, today=today, wanted=wanted)
            past = certification.historical_awards(access)
            word, small = selectors.public_rules(access, today)
        scale = Scale(small)
        first = "dopo" not in self.request.GET and "prima" not in self.request.GET
        drawn = map_of(counts, names, shapes(), scale=scale, chosen=wanted.comune) if first and shapes() else None
        return super().get_context_data(
            form=form,
            page=page,
            searched=bool(wanted),
            map=drawn,
            map_source=SOURCE,
            legend=scale.legend(counts.values()),
            places=[(code, names[code], scale.words(counts[code])) for code in names],
            word=word,
            past=past if first else [],
            **page.urls(self.request.GET),
            **kwargs,
        )


class Scale:
    """From how many companies a comune is darker, and those classes in words: no number under the rule book's small one is told."""

    def __init__(self, small: int) -> None:
        least = max(small, LEAST)
        self.steps = (1, least, 2 * least)

    def shade(self, count: int) -> int:
        """0 none, then 1 to 3."""
        return sum(count >= step for step in self.steps)

    def words(self, count: int) -> str:
        """A comune's companies in words: a class, no small number."""
        first, least, many = self.steps
        classes = {
            1: _("da %(first)d a %(last)d") % {"first": first, "last": least - 1},
            2: _("da %(first)d a %(last)d") % {"first": least, "last": many - 1},
            3: _("%(count)d o più") % {"count": many},
        }
        return classes.get(self.shade(count), "")

    def legend(self, counts: Iterable[int]) -> list[tuple[int, str]]:
        there = {self.shade(count) for count in counts}
        return [(shade, self.words(self.steps[shade - 1])) for shade in (1, 2, 3) if shade in there]


def map_of(counts: dict[str, int], names: dict[str, str], drawn: Shapes, *, scale: Scale, chosen: str = "") -> SafeString:
    """The comuni, darker where more companies are; each with some leads to its list. For who looks: the list beside says the same."""
    parts = []
    for code, path in drawn.paths.items():
        shade = scale.shade(counts.get(code, 0))
        colour = AREA_FILLS[shade + 1] if shade else "#eceff2"
        edge, wide = ("#8a5a00", "2.4") if code == chosen else ("#455b71" if shade else "#c3ccd4", ".7")
        shape = format_html('<path d="{}" fill="{}" stroke="{}" stroke-width="{}">', path, colour, edge, wide)
        if shade and code in names:
            told = format_html("{}<title>{}: {}</title></path>", shape, names[code], scale.words(counts[code]))
            parts.append(((code == chosen), format_html('<a href="?comune={}" tabindex="-1">{}</a>', code, told)))
        else:
            parts.append((False, format_html("{}</path>", shape)))
    parts.sort(key=lambda part: part[0])  # the chosen one's border over its neighbours'
    inner = format_html_join("", "{}", ((part,) for _chosen, part in parts))
    return format_html('<svg aria-hidden="true" class="register-map" viewBox="0 0 440 {}">{}</svg>', drawn.height, inner)


class CompanyPage(PublicPage):
    """One company of the register."""

    template_name = "website/register_company.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        with selectors.visitor() as access:
            face = certification.company_face(access, self.kwargs["public_id"], today=timezone.localdate())
        return super().get_context_data(face=face, peaks=peaks_of(face.now), **kwargs)


def peaks_of(row: certification.Recognised | None) -> SafeString:
    """The logo of a level, as a picture in the page."""
    if row is None:
        return mark_safe("")
    return mark_safe(logo.svg(Level(row.level_code), _years(row), logo.VARIANTS[0]))


def _years(row: certification.Recognised) -> str:
    return logo.years_of(row.valid_from.year, row.valid_to.year)


# --- For other sites


@method_decorator([login_not_required, xframe_options_exempt, csp_replace({"frame-ancestors": ["*"]})], name="dispatch")
class EmbedCard(View):
    """A company's card inside other pages: it says what holds today, sets no cookie, asks nobody anything. The only page that anybody may
    frame: who may frame the others an installation says (embedding.py)."""

    http_method_names = ("get", "head")

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        with translation.override(settings.LANGUAGE_CODE), selectors.visitor() as access:
            face = certification.company_face(access, public_id, today=timezone.localdate())
            page = settings.BASE_URL + reverse("website:register_company", args=[public_id])
            html = render_to_string("website/embed_card.html", {"face": face, "picture": peaks_of(face.now), "page": page})
        return _kept(HttpResponse(html))


@method_decorator(login_not_required, name="dispatch")
class CardPicture(View):
    """The logo as it holds today: an empty frame with words once it does not."""

    http_method_names = ("get", "head")

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        with translation.override(settings.LANGUAGE_CODE), selectors.visitor() as access:
            face = certification.company_face(access, public_id, today=timezone.localdate())
            svg = str(peaks_of(face.now)) or NOTHING.format(words=_("Oggi non ha %(a)s valido") % {"a": face.word.a})
        response = _kept(HttpResponse(svg, content_type="image/svg+xml"))
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


NOTHING = (
    '<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 420 60" width="420" height="60"><title>{words}</title>'
    '<text x="12" y="37" font-family="sans-serif" font-size="20" fill="#455b71">{words}</text></svg>'
)


def _kept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = f"public, max-age={KEPT}"
    response["X-Robots-Tag"] = "noindex"
    return response


# --- For programs

COLUMNS = ("impresa", "tipo", "settore", "comune", "ambito", "livello", "valido_dal", "valido_al", "dal", "pagina")


def _line(row: certification.Recognised) -> list[Any]:
    page = settings.BASE_URL + reverse("website:register_company", args=[row.public_id])
    dates: list[date] = [row.valid_from, row.valid_to]
    return [row.company, row.kind, row.sector, row.comune, row.ambito, row.level, *(d.isoformat() for d in dates), row.since, page]


@method_decorator(login_not_required, name="dispatch")
class RegisterFile(View):
    """The whole register as it is now, CSV or JSON, for whoever wants to reuse it (CC BY 4.0)."""

    http_method_names = ("get", "head")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override(settings.LANGUAGE_CODE):
            response = super().dispatch(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Cache-Control"] = f"public, max-age={KEPT}"
        return response

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        today = timezone.localdate()
        with selectors.visitor() as access:
            lines = [_line(row) for row in certification.whole_register(access, today)]
        if kind == "json":
            rows = [dict(zip(COLUMNS, line, strict=True)) for line in lines]
            said = {"aggiornato": today.isoformat(), "licenza": LICENCE, "imprese": rows}
            return HttpResponse(json.dumps(said, ensure_ascii=False), content_type="application/json")
        if kind != "csv":
            raise Http404
        response = HttpResponse("".join(csv_pieces(COLUMNS, lines)), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="registro-imprese-{today}.csv"'
        return response
