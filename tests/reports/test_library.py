"""The page of indicators, its files, the dashboard and the list that its figures open: as their users meet them."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from impresasolidale.reports.indicators import INDICATORS
from impresasolidale.territory.models import Ambito
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.attendance.models import Timesheet
from placements.monitoring.models import PlacementOutcome
from tests.factories import attendance as made
from tests.factories.fixtures import make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)
URL = "/rapporti/indicatori/"
QUARTER = "?da=2026-07&a=2026-09"


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


@pytest.fixture
def scenario(sondrio: Ambito, tirano: Ambito) -> None:
    """Sondrio: two began in July, one of them ended on 20 September; one since March. Tirano: three since July."""
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)

    def one(ambito: Ambito, number: int, starts: date, **values: Any) -> None:
        placement = made.make_running_placement(ambito, tutor, company, number=number, starts_on=starts, planned=False, **values)
        with scope(made.system(ambito).scope):
            Timesheet.objects.create(
                ambito=ambito, placement=placement, month=date(2026, 9, 1), planned_minutes=600, done_minutes=450, days_present=3
            )

    one(sondrio, 1, date(2026, 7, 1))
    one(sondrio, 2, date(2026, 7, 1), state=PlacementState.ENDED, ended_on=date(2026, 9, 20), ends_on=date(2026, 9, 20))
    one(sondrio, 3, date(2026, 3, 1))
    for number in (4, 5, 6):
        one(tirano, number, date(2026, 7, 1))


def lines(page: Any) -> dict[str, Any]:
    return {line.indicator.code: line for _label, found in page.context["groups"] for line in found}


def test_each_figure_stands_beside_its_words(scenario: None, coordinator: Any, signed_in: Any) -> None:
    page = signed_in(coordinator).get(URL + QUARTER)
    found = lines(page)
    assert (str(found["ran"].now), str(found["ran"].before)) == ("3", "1")  # in the second quarter the one since March
    assert str(found["attendance"].now) == "75\u00a0%"  # 1350 ÷ 1800
    assert found["done"].now.value == 1350  # 3 × 450
    html = page.content.decode()
    for indicator in INDICATORS:
        for words in (indicator.label, indicator.definition, indicator.source):
            assert str(words).replace("'", "&#x27;") in html or str(words) in html, words


def test_others_small_figures_are_hidden_ones_own_are_not(scenario: None, coordinator: Any, signed_in: Any) -> None:
    found = lines(signed_in(coordinator).get(URL + QUARTER))
    others = {name: str(told) for name, told in found["ran"].others}
    assert others == {"Morbegno": "riservato", "Tirano": "riservato", "Tutta la rete": "riservato"}  # the whole less 3 would be Tirano's
    assert str(found["started"].now) == "2"


def test_a_month_more_does_not_say_who_began_in_it(sondrio: Ambito, tirano: Ambito, coordinator: Any, signed_in: Any) -> None:
    """Tirano: five since January, a sixth in April. January to March says 5; January to April would say 6, and so the one of April."""
    company = made.make_host(tirano)
    tutor, _user = made.make_tutor(tirano, company)
    for number in range(1, 7):
        starts = date(2026, 4 if number == 6 else 1, 1)
        made.make_running_placement(tirano, tutor, company, number=number, starts_on=starts, planned=False)
    client = signed_in(coordinator)
    asked = ("?da=2026-01&a=2026-03", "?da=2026-01&a=2026-04", "?da=2026-10&a=2026-11")
    started = [dict(lines(client.get(URL + query))["started"].others) for query in asked]
    assert [str(told["Tirano"]) for told in started] == ["5", "riservato", "riservato"]
    assert [str(told["Tutta la rete"]) for told in started] == ["5", "riservato", "riservato"]
    text = b"".join(client.get(f"{URL}elenco.csv?da=2026-01&a=2026-04").streaming_content).decode()
    row = next(line for line in text.splitlines() if line.startswith("Tirocini iniziati")).split(";")
    assert row[2:7] == ["0", "0", "riservato", "riservato", "riservato"]
    auditor = lines(signed_in(make_user(Role.AUDITOR, None)).get(URL + "?da=2026-01&a=2026-04"))
    assert str(auditor["ran"].now) == "riservato" and str(auditor["courses"].now) == "0"


def test_the_promise_is_hidden_with_the_placements_it_counts(scenario: None, coordinator: Any, signed_in: Any) -> None:
    """A share of thirty a year is a count in other words."""
    line = lines(signed_in(coordinator).get(URL + QUARTER))["additional_share"]
    assert str(line.now) == "riservato"


def test_the_auditor_reads_aggregates_alone(scenario: None, sondrio: Ambito, signed_in: Any) -> None:
    network = signed_in(make_user(Role.AUDITOR, None)).get(URL + QUARTER)
    found = lines(network)
    assert str(found["running"].now) == "5"  # 2 + 3
    assert str(found["ran"].now) == "riservato"  # 6, but 6 − 5 says that one ended
    assert [str(told) for _name, told in found["running"].others] == ["0", "riservato", "riservato"]  # nobody is nobody's secret
    here = signed_in(make_user(Role.AUDITOR, sondrio)).get(URL + QUARTER)
    assert str(lines(here)["ran"].now) == "riservato"  # not of the office: three are three to them too
    for page in (network, here):
        assert 'href="/tirocini/' not in page.content.decode().partition("<main")[2]
        assert all(not line.url for line in lines(page).values())


@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.COMUNE_OFFICER, Role.TRAINER, Role.DPO, Role.DONOR])
def test_who_does_not_see_the_dashboard_is_refused(role: Role, sondrio: Ambito, signed_in: Any) -> None:
    client = signed_in(make_user(role, sondrio))
    for url in (URL, f"{URL}elenco.csv"):
        assert client.get(url).status_code == 403


def test_a_visitor_is_sent_to_sign_in(client: Any, db: None) -> None:
    assert client.get(URL).status_code == 302


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?da=2026-09&a=2026-07", "L'ultimo mese viene prima del primo: scambiali."),
        ("?da=2026-11&a=2026-12", "Questo mese non è ancora iniziato."),
        ("?da=2027-01&a=2027-02", "Questo mese non è ancora iniziato."),
        ("?da=1931-01&a=2026-07", "È troppo indietro: qui non c'è niente di quegli anni."),
        ("?da=2010-01&a=2026-07", "Al massimo cinque anni alla volta."),
        ("?da=luglio&a=2026-07", "Scrivi l'anno e il mese, come 2026-09."),
        ("?da=2026-13&a=2026-07", "Scrivi l'anno e il mese, come 2026-09."),
    ],
)
def test_an_impossible_period_is_refused_in_words(query: str, words: str, coordinator: Any, signed_in: Any) -> None:
    page = signed_in(coordinator).get(URL + query)
    assert page.status_code == 422
    assert words in [str(word) for errors in page.context["form"].errors.values() for word in errors]
    assert words.replace("'", "&#x27;") in page.content.decode()
    assert page.context["period"].code == "2026-T3"  # the last quarter that is over, meanwhile


def test_a_figure_opens_the_rows_it_counts(scenario: None, coordinator: Any, signed_in: Any) -> None:
    client = signed_in(coordinator)
    found = lines(client.get(URL + QUARTER))
    for code in ("started", "ran", "ended"):
        page = client.get(found[code].url)
        assert len(page.context["rows"]) == found[code].now.value, code
        assert "Solo i tirocini" in page.content.decode()
    assert client.get(lines(client.get(URL + "?da=2026-09&a=2026-09"))["done"].url).status_code == 200


def test_the_list_forgets_a_filter_that_is_written_badly(scenario: None, coordinator: Any, signed_in: Any) -> None:
    client = signed_in(coordinator)
    for query in ("?fatto=altro&da=2026-07-01&a=2026-09-30", "?fatto=started&da=ieri&a=2026-09-30", "?fatto=started"):
        assert len(client.get(reverse("agreements:list") + query).context["rows"]) == 3


def test_page_csv_and_xlsx_say_the_same(scenario: None, coordinator: Any, signed_in: Any) -> None:
    client = signed_in(coordinator)
    found = lines(client.get(URL + QUARTER))
    text = b"".join(client.get(f"{URL}elenco.csv{QUARTER}").streaming_content).decode("utf-8-sig")
    table = [line.split(";") for line in text.splitlines()]
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{URL}elenco.xlsx{QUARTER}").content)).active
    assert sheet is not None
    by_label = {row[0]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert len(table) == len(by_label) + 1 == len(INDICATORS) + 1
    assert by_label["Tirocini attivi nel periodo"][2:5] == (3, 1, "riservato")
    assert by_label["Ore fatte"][2] == 22.5
    csv_row = next(row for row in table if row[0] == "Ore fatte")
    assert csv_row[1:3] == ["ore", "22,50"]
    assert str(found["ran"].now) == next(row for row in table if row[0] == "Tirocini attivi nel periodo")[2]
    assert client.get(f"{URL}elenco.pdf{QUARTER}").status_code == 404


# --- The dashboard


def test_every_figure_of_the_dashboard_opens_something(scenario: None, coordinator: Any, signed_in: Any) -> None:
    client = signed_in(coordinator)
    page = client.get("/rapporti/cruscotto/")
    html = page.content.decode().partition("<main")[2].partition("</main>")[0]
    tiles = html.split('class="figure-label">')[1:]
    assert len(tiles) >= 9 and all(tile.startswith("<a href=") for tile in tiles)
    urls = {tile.split('"')[1] for tile in tiles} | {"/rapporti/indicatori/"}
    assert {client.get(url.replace("&amp;", "&")).status_code for url in urls} == {200}


def test_the_dashboard_draws_months_states_and_ambiti(scenario: None, coordinator: Any, signed_in: Any) -> None:
    context = signed_in(coordinator).get("/rapporti/cruscotto/").context
    running = dict(context["running_chart"].rows)
    assert running["Set"] == "3" and running["Ago"] == "0"  # sheets of September
    assert context["states"].rows == [["in corso", "2"]]
    assert context["beside"] is None  # nobody to compare with that may be told
    assert context["outcomes"] is None  # nobody wrote what came after


def test_the_dashboard_draws_what_came_after(scenario: None, sondrio: Ambito, coordinator: Any, signed_in: Any) -> None:
    with scope(made.system(sondrio).scope):
        PlacementOutcome.objects.create(ambito=sondrio, placement=Placement.objects.get(ended_on=date(2026, 9, 20)), kind="training")
    page = signed_in(coordinator).get("/rapporti/cruscotto/")
    assert page.context["outcomes"].rows == [["un corso di formazione", "1"]]
    assert "?fatto=ended&amp;da=2025-12-01&amp;a=2026-11-30" in page.content.decode()
