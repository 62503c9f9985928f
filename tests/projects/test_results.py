"""Indicators against their baseline, milestones, actions with a photo that says nothing more than what it shows."""

import io
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.projects import selectors
from impresasolidale.projects.enums import Measure
from impresasolidale.projects.selectors import results as reads
from impresasolidale.projects.services import partners, results
from impresasolidale.reports import project_results
from impresasolidale.reports.project_results import progress_of, project_year
from tests.factories.fixtures import TODAY
from tests.factories.projects import make_partner, make_project

pytestmark = pytest.mark.django_db
D = Decimal
NOW = datetime(2026, 11, 18, 10, tzinfo=ZoneInfo("Europe/Rome"))
INDICATOR = {
    "name": "Tirocini in più",
    "definition": "Tirocini iniziati nell'anno del progetto, meno quelli dell'anno prima",
    "measure": Measure.STARTED,
    "less_baseline": True,
    "baseline": 64,
    "baseline_source": "Relazione 2025 degli Uffici di Piano",
    "target": 30,
    "recorded_value": None,
    "recorded_on": None,
    "evidence": "Elenco dei tirocini",
}
ACTION = {"kind": "event", "on": date(2026, 6, 5), "title": "Serata", "place": "Sondrio", "people_reached": 80, "link": "", "consent": ""}


def indicator(access, project, **more):
    return results.keep_indicator(project=project, values={**INDICATOR, **more}, by=access, today=TODAY)


def act(access, project, *, photo=None, saw_logo=False, partners=(), **more):
    extra = {name: more.pop(name) for name in ("action", "seen") if name in more}
    return results.keep_action(
        project=project, values={**ACTION, **more}, partners=partners, photo=photo, saw_logo=saw_logo, by=access, today=TODAY, now=NOW,
        **extra,
    )  # fmt: skip


def photo(*, side=40, exif=True):
    picture, out = Image.new("RGB", (side, side), "red"), io.BytesIO()
    data = Image.Exif()
    data[0x0110], data[0x9286] = "Telefono di Ada", "casa di Ada"
    picture.save(out, "JPEG", **({"exif": data} if exif else {}))
    return SimpleUploadedFile("ada rossi a casa.jpg", out.getvalue(), "image/jpeg")


@pytest.mark.parametrize(
    ("counted", "actual", "percent"),
    [(64, 0, 0), (60, 0, 0), (85, 21, 70), (93, 29, 96), (94, 30, 100), (100, 36, 120), (None, None, None)],
)
def test_what_is_additional_is_what_is_over_the_baseline(access, project, monkeypatch, counted, actual, percent):
    """Target 30 over a baseline of 64: 93 starts are 29 more, 96 % and not yet reached; hidden counts stay hidden."""
    indicator(access, project)
    monkeypatch.setattr(project_results, "_counted", lambda *_: ({"started": counted}, date(2026, 10, 31)))
    (found,) = progress_of(access, project, TODAY)
    assert (found.actual, found.percent, found.is_hidden) == (actual, percent, counted is None)
    assert found.is_reached is (actual is not None and actual >= 30) and found.bar <= 100


def test_figures_of_the_network_come_from_rows_to_the_last_whole_month(access, project):
    indicator(access, project, less_baseline=False)
    (found,) = progress_of(access, project, TODAY)
    assert (found.actual, found.until) == (0, date(2026, 10, 31))  # there is no placement here


def test_the_year_of_a_project_is_counted_from_its_first_day(access):
    long = make_project(access, starts_on=date(2025, 3, 15), ends_on=date(2027, 6, 30), report_due_on=date(2027, 9, 1))
    assert project_year(long, date(2026, 3, 14)) == (date(2025, 3, 15), date(2026, 3, 14))
    assert project_year(long, date(2026, 3, 15)) == (date(2026, 3, 15), date(2027, 3, 14))
    assert project_year(long, date(2030, 1, 1)) == (date(2027, 3, 15), date(2027, 6, 30))


def test_measures_of_the_room_are_counted_here(access, project):
    act(access, project, people_reached=30)
    act(access, project, people_reached=None, title="Altra")
    done = {"name": "Tappa", "work_package": None, "due_on": TODAY, "done_on": TODAY, "evidence": "Verbale"}
    results.keep_milestone(project=project, values=done, by=access, today=TODAY)
    results.keep_milestone(project=project, values={**done, "name": "Altra", "done_on": None}, by=access, today=TODAY)
    assert reads.counted_here(project) == {"actions": 2, "people": 30, "partners": 1, "milestones": 1}


def test_a_value_by_hand_has_its_day(access, project):
    row = indicator(access, project, measure=Measure.MANUAL, less_baseline=False, recorded_value=4)
    assert (row.recorded_value, row.recorded_on) == (4, TODAY)
    (found,) = progress_of(access, project, TODAY)
    assert (found.actual, found.until) == (4, TODAY)


@pytest.mark.parametrize(("more", "field"), [({"target": 0}, "target"), ({"baseline_source": ""}, "baseline_source")])
def test_bad_indicators(access, project, more, field):
    with pytest.raises(DomainError) as refused:
        indicator(access, project, **more)
    assert refused.value.field == field
    indicator(access, project)
    with pytest.raises(DomainError) as refused:
        indicator(access, project)
    assert refused.value.field == "name"


@pytest.mark.parametrize(("more", "field"), [({"done_on": date(2027, 1, 1)}, "done_on"), ({"evidence": ""}, "evidence")])
def test_bad_milestones(access, project, more, field):
    values = {"name": "x", "work_package": None, "due_on": TODAY, "done_on": TODAY, "evidence": "Verbale", **more}
    with pytest.raises(DomainError) as refused:
        results.keep_milestone(project=project, values=values, by=access, today=TODAY)
    assert refused.value.field == field


def test_a_photo_says_nothing_but_what_it_shows(access, project):
    with pytest.raises(DomainError) as refused:
        act(access, project, photo=photo())
    assert refused.value.field == "consent"
    row = act(access, project, photo=photo(side=2000), consent="Non si riconosce nessuno")
    with default_storage.open(row.photo.file_name) as stored:
        content = stored.read()
        assert b"Ada" not in content and b"Exif" not in content
        kept = Image.open(io.BytesIO(content))
        assert max(kept.size) == 1600 and not kept.getexif()
    assert row.photo.original_name == "foto.jpg"


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff broken", b"\x89PNG\r\n\x1a\nbroken"])
def test_what_is_no_photo_is_said(access, project, content):
    with pytest.raises(DomainError) as refused:
        act(access, project, photo=SimpleUploadedFile("x.jpg", content), consent="x")
    assert refused.value.field == "photo"


def test_the_logo_is_looked_at_by_somebody_who_stays(access, other, project):
    row = act(access, project)
    assert row.logo_by is None
    row = act(access, project, action=row, seen=1, saw_logo=True)
    assert (row.logo_by_id, row.logo_at) == (access.actor_id, NOW)
    row = act(other, project, action=row, seen=2, saw_logo=True, people_reached=90)
    assert row.logo_by_id == access.actor_id and row.people_reached == 90
    with pytest.raises(Conflict):
        act(other, project, action=row, seen=2)


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2026, 12, 1)])
def test_an_action_is_of_the_project_and_has_been(access, project, day):
    with pytest.raises(DomainError) as refused:
        act(access, project, on=day)
    assert refused.value.field == "on"


# --- The register of partners


def test_the_comuni_of_the_network_come_in_together_and_once(access):
    """Sondrio 22, Tirano 12, Morbegno 25: the 59 of the founding document."""
    assert partners.add_comuni(since=date(2015, 1, 1), act="Accordo di rete", by=access) == 59
    assert partners.add_comuni(since=date(2015, 1, 1), act="Accordo di rete", by=access) == 0
    rows = selectors.partners.asked(access, {"tipo": "comune", "ruolo": "signatory"})
    assert rows.count() == 59


def test_a_body_that_is_known_is_not_written_twice(access):
    body = selectors.partners.bodies(access).order_by("name").first()
    row = make_partner(access, "", body=None) if body is None else partners.add_partner(
        values={"name": "", "kind": "public", "tax_code": "", "contact": "", "email": "", "phone": "", "site": "", "note": ""}, body=body,
        by=access,
    )  # fmt: skip
    assert row.name == body.name and not selectors.partners.bodies(access).filter(pk=body.pk).exists()


@pytest.mark.parametrize(
    ("more", "field"),
    [({"name": " "}, "name"), ({"name": "Uguale"}, "name"), ({"tax_code": "123"}, "tax_code"), ({"tax_code": "01533030480"}, "tax_code")],
)
def test_bad_partners(access, more, field):
    make_partner(access, "Uguale", tax_code="01533030480")
    with pytest.raises(DomainError) as refused:
        make_partner(access, **{"name": "Altro", **more})
    assert refused.value.field == field


def test_roles_are_dated_and_held_once(access):
    row = make_partner(access)
    first = partners.add_role(partner=row, role="table", since=date(2020, 1, 1), until=None, act="", by=access)
    with pytest.raises(DomainError) as refused:
        partners.add_role(partner=row, role="table", since=date(2024, 1, 1), until=None, act="", by=access)
    assert refused.value.field == "since"
    with pytest.raises(DomainError) as refused:
        partners.end_role(role=first, until=date(2019, 1, 1), by=access)
    assert refused.value.field == "until"
    partners.end_role(role=first, until=date(2023, 12, 31), by=access)
    partners.add_role(partner=row, role="table", since=date(2024, 1, 1), until=None, act="", by=access)
    assert len(selectors.partners.roles_of(row)) == 2
