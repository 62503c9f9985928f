"""The look: filters, form fields and their markup, charts, components, error pages. No database is touched."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db.models.fields import BLANK_CHOICE_DASH
from django.template import engines
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.core import charts
from impresasolidale.core.components_page import SampleForm, sample
from impresasolidale.core.context import with_active
from impresasolidale.core.errors import DomainError
from impresasolidale.core.forms import Folded, Form, HoursField, MoneyField, VersionedForm
from impresasolidale.core.models import Job
from impresasolidale.core.templatetags import ui

NB = "\u00a0"


@pytest.fixture(autouse=True)
def italian():
    with translation.override("it"):
        yield


def render(text, **context):
    return engines["django"].from_string(text).render({"csrf_token": "token", **context})


def ids(html):
    return re.findall(r'\sid="([^"]+)"', html)


# --- Filters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ x|euro }}", f"1.234,56{NB}€"),
        ("{{ m|hours }}", f"3{NB}h{NB}30{NB}min"),
        ("{{ d|day }}", "22 novembre 2026"),
        ("{{ d|day_short }}", "22/11/2026"),
        ("{{ d|weekday }}", "domenica 22 novembre"),
        ("{{ d|month }}", "novembre 2026"),
        ("{{ at|moment }}", "22 novembre 2026, 20:17"),
        ("{{ iso|day }}", "22 novembre 2026"),
        ("{{ none|euro }}{{ none|hours }}{{ none|day }}", "———"),
    ],
)
def test_values_read_as_people_write_them(text, expected):
    at = dt.datetime(2026, 11, 22, 19, 17, tzinfo=dt.UTC)
    values = {"x": Decimal("1234.56"), "m": 210, "d": dt.date(2026, 11, 22), "at": at, "iso": "2026-11-22", "none": None}
    assert render(text, **values) == expected


@pytest.mark.parametrize(("minutes", "words"), [(0, "0 h"), (45, "45 min"), (60, "1 h"), (-90, "−1 h 30 min"), (60000, "1.000 h")])
def test_hours_of_any_size(minutes, words):
    assert ui.hours(minutes).replace(NB, " ") == words


# --- Fields


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1.234,56", "1234.56"), ("1234.56", "1234.56"), ("1.234", "1234"), ("450", "450"), ("€ 450,5", "450.5"), ("0,10", "0.10")],
)
def test_money_is_read_as_typed(typed, value):
    assert MoneyField().clean(typed) == Decimal(value)


@pytest.mark.parametrize("typed", ["4,5,0", "tanto", "1,234", "--3"])
def test_money_refuses_what_is_not_an_amount(typed):
    with pytest.raises(ValidationError):
        MoneyField().clean(typed)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("3:30", 210),
        ("3,5", 210),
        ("3.5", 210),
        ("3 h 30 min", 210),
        ("3h30", 210),
        ("20", 1200),
        ("45 min", 45),
        ("0:05", 5),
        ("8 ore", 480),
    ],
)
def test_hours_are_read_as_typed(typed, minutes):
    assert HoursField().clean(typed) == minutes


@pytest.mark.parametrize("typed", ["venti", "3:75", "-2", "3:30:10"])
def test_hours_refuse_what_is_not_a_time(typed):
    with pytest.raises(ValidationError):
        HoursField().clean(typed)


@given(st.integers(min_value=0, max_value=599_999))
def test_hours_shown_are_hours_read(minutes):
    assert HoursField().clean(HoursField().prepare_value(minutes)) == minutes


# --- Forms


def test_every_error_is_beside_its_field_and_in_the_summary():
    form = SampleForm({"name": "Anna", "hours": "venti"})
    html = str(form)
    present = ids(html)
    assert len(present) == len(set(present))
    for name in form.errors:
        bound = form[name]
        assert f"{bound.auto_id}_error" in present
        assert f'href="#{bound.auto_id}"' in html
        assert bound.auto_id in present
        assert f"{bound.auto_id}_error" in bound.aria_describedby
    described = {one for found in re.findall(r'aria-describedby="([^"]+)"', html) for one in found.split()}
    assert described <= set(present)
    assert 'aria-invalid="true"' in html
    assert 'value="Anna"' in html
    assert 'value="venti"' in html


def test_optional_fields_say_so_in_words():
    html = str(SampleForm()["notes"].as_field_group())
    assert "facoltativo" in html
    assert "facoltativo" not in str(SampleForm()["name"].as_field_group())


def test_dates_use_the_browsers_picker_and_keep_iso_values():
    assert 'type="date"' in str(SampleForm(initial={"born": dt.date(1990, 3, 4)})["born"])
    assert 'value="1990-03-04"' in str(SampleForm(initial={"born": dt.date(1990, 3, 4)})["born"])


def test_a_refusal_goes_beside_its_field_or_on_top():
    class Short(Form):
        reason = forms.CharField(required=False)

    form = Short({})
    form.is_valid()
    form.add_domain_error(DomainError("Scrivi il motivo.", field="reason"))
    form.add_domain_error(DomainError("Il mese è chiuso.", field="month"))
    assert form.errors["reason"] == ["Scrivi il motivo."]
    assert form.non_field_errors() == ["Il mese è chiuso."]


@pytest.mark.parametrize(("sent", "stale"), [("3", False), ("2", True), ("", True)])
def test_a_form_knows_when_it_is_stale(sent, stale):
    form = VersionedForm({"row_version": sent}, current_version=3)
    assert form.is_valid() is not stale
    assert form.is_stale is stale
    assert 'value="3"' in str(VersionedForm(current_version=3))


# --- Charts


NAMES = ["prima", "seconda", "terza"]
MONTHS = ["gen", "feb", "mar"]
VALUES = st.lists(st.integers(min_value=0, max_value=10**7), min_size=3, max_size=3)


@given(st.lists(VALUES, min_size=1, max_size=3), st.booleans(), st.sampled_from(["", "h", "€"]))
def test_charts_are_well_formed_and_keep_their_numbers(values, stacked, unit):
    series = list(zip(NAMES, values, strict=False))
    parts = list(zip(MONTHS, values[0], strict=True))
    for chart in (
        charts.bars("Ore <mese>", MONTHS, series, stacked=stacked, unit=unit),
        charts.lines("Ore", MONTHS, series, unit=unit),
        charts.donut("Quote", parts, unit=unit),
        charts.share_bar("Quote", parts, unit=unit),
    ):
        root = ElementTree.fromstring(str(chart.svg))
        assert root.get("role") == "img"
        assert "style=" not in chart.svg
        found = ids(chart.svg)
        assert len(found) == len(set(found))
        assert set(root.get("aria-labelledby").split()) <= set(found)
        assert [row[0] for row in chart.rows] == MONTHS
        assert chart.rows[0][1] == charts.words(values[0][0], unit)
        for number in re.findall(r'(?:height|width|y)="([-\d.]+)"', chart.svg):
            assert float(number) >= -1


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_grid_has_few_round_lines(top):
    step = charts.nice_step(top)
    assert str(step.normalize().as_tuple().digits[0]) in "125"
    assert top / step <= 5


# --- Pages


def test_components_page_breaks_no_house_rule(rf):
    request = rf.get("/componenti/")
    request.user, request.access = SimpleNamespace(is_authenticated=False), None
    request._messages = []
    html = render_to_string("components_page.html", sample(), request=request)
    present = ids(html)
    assert len(present) == len(set(present))
    assert not re.search(r"\sstyle=|\son\w+=|<script(?![^>]* src=)|<style", html)
    assert html.count("<h1>") == 1
    for attributes in re.findall(r"<td([^>]*)>", html.split("stack-table", 1)[1].split("</table>", 1)[0]):
        assert "data-label" in attributes or "row-actions" in attributes


ERRORS = ["400", "403", "404", "409", "500", "csrf"]


@pytest.mark.parametrize("name", ERRORS)
def test_error_pages_need_no_request_and_no_query(name):
    html = render_to_string(f"errors/{name}.html")
    assert html.count("<h1>") == 1
    assert "Impresasolidale" in html


@pytest.mark.parametrize(
    ("path", "active"),
    [("/", ["Inizio"]), ("/persone/4/", ["Persone"]), ("/persone/nuova/", ["Nuova"]), ("/altro/", []), ("/giri/4/", ["Visite"])],
)
def test_the_longest_address_is_the_active_one(path, active):
    items = [{"label": "Inizio", "url": "/"}, {"label": "Persone", "url": "/persone/"}, {"label": "Nuova", "url": "/persone/nuova/"}]
    items.append({"label": "Visite", "url": "/giri/visite/", "under": "/giri/"})
    assert [row["label"] for row in with_active(items, path) if row["active"]] == active


def test_each_form_gets_its_own_submission():
    first, second = (re.search(r'_submission" value="([^"]+)"', render("{% form_tokens %}"))[1] for _ in range(2))
    assert first != second


def test_what_a_user_wrote_is_escaped():
    html = render(
        "{% badge x %}{% link_button x x %}{% fact x x %}{% figure x x %}{% post_button x x a=x %}"
        "{% card x %}ok{% endcard %}{% empty x x x x %}",
        x='"><script>',
    )
    assert "<script>" not in html
    assert '"">' not in html


@pytest.mark.parametrize(("states", "tone"), [(["green", "waived"], "ok"), (["green", "amber"], "warn"), (["amber", "red"], "bad")])
def test_the_light_is_as_red_as_its_reddest_item(states, tone):
    html = render("{% start_light items %}", items=[{"state": state, "text": "Firma", "rule": 1} for state in states])
    assert f'class="light tone-{tone}"' in html
    assert html.count("regola 1") == len(states)


def test_what_is_settled_folds_beside_what_is_open():
    states = ["green", "red", "waived", "amber"]
    html = render("{% start_light items %}", items=[{"state": state, "text": state} for state in states])
    above, folded = html.split("<details>")
    assert ["<strong>red" in above, "<strong>amber" in above, "<strong>green" in folded, "<strong>waived" in folded] == [True] * 4
    assert "2 voci a posto" in folded
    assert "<details>" not in render("{% start_light items %}", items=[{"state": "green", "text": "Firma"}])
    html = render("{% start_light items %}", items=[{"state": "green", "text": "Firma"}] * 4)
    assert "<details>" in html and "<ul></ul>" not in html


@pytest.mark.parametrize(("data", "is_open"), [(None, False), ({"phone": "0342"}, True), ({"phone": "", "day": "x"}, True), ({}, False)])
def test_an_optional_group_is_closed_until_it_holds_something(data, is_open):
    class Person(Form):
        name = forms.CharField(required=False)
        phone = forms.CharField(required=False)
        day = forms.DateField(required=False)
        fieldsets = (("Chi", ("name",)), Folded(("Contatti", ("phone", "day"))))

    html = str(Person(data))
    assert html.count("<details") == 1 and (" open>" in html) is is_open
    assert html.index('name="name"') < html.index("<details") < html.index('name="phone"')


def test_an_empty_choice_invites_to_choose():
    class Choice(Form):
        plain = forms.ChoiceField(choices=[*BLANK_CHOICE_DASH, ("a", "A")])
        own = forms.ChoiceField(choices=[("", "Tutti"), ("a", "A")])
        row = forms.ModelChoiceField(Job._base_manager.none())

    html = str(Choice())
    assert html.count('<option value="" selected>Scegli…</option>') == 2 and "Tutti" in html and "---" not in html


def test_a_part_renews_itself_only_while_it_waits():
    text = '{% renewing "papers" pending %}carte{% endrenewing %}'
    waiting = render(text, pending=True)
    assert 'hx-select="#papers"' in waiting and "Aggiorna" in waiting
    assert render(text, pending=False).strip() == '<div id="papers">carte</div>'


def test_a_job_asks_again_only_while_it_goes():
    job = sample()["job"]
    assert 'hx-trigger="every 2s"' in render('{% job job poll_url="/lavori/1/" %}', job=job)
    done = SimpleNamespace(**{**vars(job), "state": "done"})
    assert "hx-trigger" not in render('{% job job poll_url="/lavori/1/" %}', job=done)


def test_the_catalogue_of_components_is_complete():
    """docs/components.md names every tag and filter there is."""
    text = (Path(__file__).parents[2] / "docs" / "components.md").read_text()
    missing = [name for name in [*ui.register.tags, *ui.register.filters] if not re.search(rf"[`|%]\s*\\?\|?\s*{name}\b", text)]
    assert missing == []


def test_a_breadcrumb_without_its_last_label_is_refused():
    """A label once became the address of the crumb before it."""
    assert ui.breadcrumb("Imprese", "/imprese/", "Forno")["here"] == "Forno"
    with pytest.raises(ValueError, match="label"):
        ui.breadcrumb("Imprese", "/imprese/", "Forno", "Il collegamento")
