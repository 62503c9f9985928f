"""The study through its doors: what a coordinator sees, what the network sees, what is refused (rules 88 and 89)."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage

from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.models import Document, Job
from impresasolidale.core.scope import scope
from impresasolidale.reports.study import queries
from impresasolidale.territory.models import RuleBookVersion
from placements.agreements.change_enums import EndCause
from placements.agreements.models import Placement
from placements.monitoring.models import Evaluation, Visit
from tests.factories import attendance as made
from tests.factories.fixtures import make_user

pytestmark = pytest.mark.django_db
STUDY = "/rapporti/studio/"
PAGES = ("", "cambiamento/", "presenze/", "territorio/", "punti-critici/", "costi/", "simulatore/", "carte/")
PERIOD = f"?dal=2026-01-01&al={made.TODAY.isoformat()}"


def text(response: Any) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(plain.replace("\xa0", " ").replace("&nbsp;", " ").replace("&#x27;", "'").split())


@pytest.fixture
def auditor(db: None) -> Any:
    return make_user(Role.AUDITOR, None)


# --- Durations


def test_the_twenty_four_by_hand(twenty_four, coordinator, signed_in):
    """Ended 20, of which 16 came to their day: 80 %, Wilson 58 to 92. Four of the twenty that were watched on day 90 ended then.

    Durations: S after 90 days = 1 − 4/20 = 80 %, after 181 days 0: the median is 181 / 30.4375 = 5.9 months.
    """
    response = signed_in(coordinator).get(STUDY + PERIOD)
    whole = response.context["found"].whole
    assert (whole.started, whole.done, whole.early, whole.running) == (24, 16, 4, 4)
    assert (whole.completed.percent, whole.completed.interval) == (80, "58–92")
    assert str(whole.median) == "5.9"
    points = {row[0]: row[1] for row in whole.chart.rows}
    assert points["2"] == "100 %".replace(" ", "\xa0") and points["3"] == "80\xa0%" and points["5"] == "80\xa0%"
    assert "80 %" in text(response) and "fra 58 e 92%" in text(response)


def test_without_interruption_the_curve_stays_up(twenty_four, coordinator, signed_in):
    """Only early ends count: 80 % after three months, and no median."""
    whole = signed_in(coordinator).get(STUDY + PERIOD + "&misura=tenuta").context["found"].whole
    assert whole.median is None and whole.chart.rows[-1][1] == "80\xa0%"


def test_groups_with_few_ended_have_no_curve(twenty_four, coordinator, signed_in):
    response = signed_in(coordinator).get(STUDY + PERIOD)
    areas = {g.label: g for g in response.context["found"].dimensions[0].groups}
    assert areas["disabilità"].is_few and areas["disabilità"].chart is None  # 19 ended, one short
    assert areas["dipendenze"].completed.percent is None  # nobody ended
    # The judicial area is told with the social difficulties: nobody reads it here (GDPR art. 10)
    assert areas["difficoltà sociale"].started == 1 and "giudiziaria" not in text(response)
    sizes = response.context["found"].dimensions[1].groups
    assert [g.label for g in sizes] == ["da 10 a 49 addetti"] and sizes[0].chart is not None
    assert "troppo pochi" in text(response)


def test_a_cut_off_day_in_the_past_knows_nothing_of_later(twenty_four, coordinator, signed_in):
    """On 31 May the sixteen still run: 4 ended, all early."""
    whole = signed_in(coordinator).get(STUDY + "?dal=2026-01-01&al=2026-05-31").context["found"].whole
    assert (whole.started, whole.done, whole.early, whole.running, whole.is_few) == (20, 0, 4, 16, True)


def test_causes_are_ranked(twenty_four, coordinator, signed_in):
    causes = signed_in(coordinator).get(STUDY + PERIOD).context["causes"]
    assert [(c.label, c.count, c.share.percent) for c in causes] == [("rinuncia della persona", 3, 75), ("assunzione", 1, 25)]


def test_the_network_is_told_without_small_numbers(twenty_four, lives, tirano, auditor, signed_in):
    """By whole quarters to 30 September: 20 + 6 placements; 4 early ends hide, and the 22 that came to their day do not tell them."""
    lives(tirano, number=2).add(6, date(2026, 2, 1), date(2026, 7, 31))
    response = signed_in(auditor).get(STUDY + PERIOD)
    assert response.context["frame"].is_wide and response.context["frame"].last == date(2026, 9, 30)
    whole = response.context["found"].whole
    assert (whole.started, whole.early, whole.completed) == (26, None, None)
    areas = response.context["found"].dimensions[0].groups
    assert all(g.started is None or g.started >= 5 for g in areas)
    assert {c.count for c in response.context["causes"]} == {None}
    for measure in ("durata", "tenuta"):  # 22 ÷ 26 = 85 % after three months: of 26 who began, that is the four
        found = signed_in(auditor).get(f"{STUDY}{PERIOD}&misura={measure}").context["found"]
        assert found.whole.chart is None and found.whole.median is None
        assert all(g.chart is None for dimension in found.dimensions for g in dimension.groups if g.early is None)
    assert not any(name in text(response) for person in made.PEOPLE for name in person.split())


def test_the_network_s_curve_says_no_counts(twenty_four, lives, tirano, auditor, signed_in):
    """5 early ends and 16 that came to their day may be told, and so may the curve: but not how many are left each month."""
    lives(tirano, number=2).add(1, date(2026, 1, 1), date(2026, 3, 31), cause=EndCause.PERSON)
    whole = signed_in(auditor).get(STUDY + PERIOD).context["found"].whole
    assert (whole.started, whole.done, whole.early) == (21, 16, 5)
    assert whole.chart.head == ["Mese", "questi", "intervallo al 95%"]


def test_an_auditor_of_the_ambito_reads_what_may_leave_it(twenty_four, sondrio, signed_in):
    """Nobody of the office: the four early ends are few, and a day's starts are asked of no day."""
    client = signed_in(make_user(Role.AUDITOR, sondrio))
    response = client.get(STUDY + PERIOD)
    frame, whole = response.context["frame"], response.context["found"].whole
    assert not frame.is_wide and frame.last == date(2026, 9, 30) and response.context["basis"].hides
    assert (whole.started, whole.early, whole.completed) == (20, None, None)
    assert {c.count for c in response.context["causes"]} == {None}
    day = client.get(STUDY + "?dal=2026-10-12&al=2026-10-12")
    assert day.status_code == 422 and "Serve almeno un trimestre intero" in text(day)
    early = next(p for p, _url in client.get(f"{STUDY}punti-critici/{PERIOD}").context["points"] if p.kind == "early")
    assert early.share is None


def test_a_coordinator_may_look_at_the_network_and_no_row_is_linked(twenty_four, coordinator, signed_in):
    client = signed_in(coordinator)
    own, wide = (client.get(f"{STUDY}punti-critici/{PERIOD}{more}").context["points"] for more in ("", "&di=rete"))
    assert any(url for _point, url in own) and not any(url for _point, url in wide)


# --- Refusals


@pytest.mark.parametrize("page", ["", "cambiamento/", "presenze/", "territorio/", "punti-critici/"])
@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("?dal=2026-05-01&al=2026-04-30", "Il primo giorno viene dopo l’ultimo"),
        ("?dal=2026-05-01&al=2027-04-30", "deve ancora venire"),
        ("?dal=ieri&al=2026-04-30", "data valida"),
    ],
)
def test_an_unsound_period_is_refused_in_words(page, period, words, coordinator, signed_in):
    response = signed_in(coordinator).get(STUDY + page + period)
    assert response.status_code == 422 and words in text(response)


def test_less_than_a_quarter_of_the_network_is_refused(auditor, signed_in):
    response = signed_in(auditor).get(STUDY + "?dal=2026-05-02&al=2026-06-29")
    assert response.status_code == 422 and "almeno un trimestre intero" in text(response)


@pytest.mark.parametrize("page", PAGES)
def test_who_may_not_see_figures_is_told_so(page, worker, signed_in):
    assert signed_in(worker).get(STUDY + page).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_ambito_says_what_is_missing(page, coordinator, auditor, signed_in):
    for user in (coordinator, auditor):
        response = signed_in(user).get(STUDY + page)
        assert response.status_code == 200
    words = {
        "": "Nessun tirocinio iniziato",
        "cambiamento/": "Nessuna coppia di valutazioni",
        "presenze/": "Nessun mese chiuso",
        "carte/": "Nessuna carta dello studio",
    }
    assert words.get(page, "") in text(response)


# --- Attendance, territory, critical points


def test_attendance_by_month_day_and_area(sondrio, coordinator, signed_in):
    """Five people, October: Monday 5 planned of 4 h, 4 h done by four of them, none by the fifth: 80 %."""
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    rows = [made.make_running_placement(sondrio, tutor, company, number=n) for n in range(5)]
    for n, row in enumerate(rows):
        made.record(row, date(2026, 10, 5), outcome="present" if n else "unjustified")
    before = signed_in(coordinator).get(STUDY + "presenze/" + PERIOD)
    assert before.context["found"].months is None  # October is not closed yet
    assert [row[1] for row in before.context["found"].weekdays.rows] == ["80\xa0%"]


def test_the_map_tells_a_comune_from_the_threshold_up(twenty_four, lives, sondrio, coordinator, signed_in):
    other = lives(sondrio, number=3)
    with made.scope(made.system(sondrio).scope):
        other.company.sites.update(comune=made.Comune.objects.get(name="Chiuro"))
    other.add(4, date(2026, 3, 1))
    cover = signed_in(coordinator).get(STUDY + "territorio/" + PERIOD).context["cover"]
    found = {c.name: c.placements for c in cover.comuni}
    # 24 at Sondrio and 4 at Chiuro: beside the sum of 28 the 24 would say the 4, so it hides too, at home as well
    assert (found["Chiuro"], found["Sondrio"], found["Albosaggia"]) == (None, None, 0)
    assert (cover.covered, cover.whole) == (2, 22)
    other.add(1, date(2026, 3, 1))
    page = signed_in(coordinator).get(STUDY + "territorio/" + PERIOD)
    cover = page.context["cover"]
    assert {c.name: c.placements for c in cover.comuni if c.placements} == {"Chiuro": 5, "Sondrio": 24}
    assert "ISTAT" in text(page) and "<title>Chiuro: 5</title>" in page.content.decode()
    assert page.content.decode().count('fill="#eceff2"') == 77 - 22  # the other comuni of the province, pale
    (row,) = cover.ambiti
    # 2 companies for 56,489 inhabitants: 0.0354 → 0.04; 29 people: 0.5134 → 0.51
    assert (row.hosts, str(row.hosts_rate), str(row.people_rate)) == (2, "0.04", "0.51")


def test_where_nobody_drew_the_shapes_the_table_says_it(twenty_four, coordinator, signed_in, monkeypatch, tmp_path):
    from impresasolidale.territory.shapes import shapes

    monkeypatch.setattr("impresasolidale.reports.study.views.shapes", lambda: shapes(tmp_path / "none.csv"))
    page = signed_in(coordinator).get(STUDY + "territorio/" + PERIOD)
    assert "Qui non c’è la mappa" in text(page) and "Albosaggia" in text(page)


def test_hosts_that_return(lives, sondrio, coordinator, signed_in):
    """Three hosts whose first placement ended over a year before: one had another within the year, one later, one never. 1 of 3."""
    for number, again in enumerate((date(2025, 6, 1), date(2026, 5, 1), None), start=1):
        host = lives(sondrio, number=number)
        host.add(1, date(2024, 7, 1), date(2024, 12, 31))
        if again:
            host.add(1, again)
    lives(sondrio, number=9).add(2, date(2026, 6, 1))  # too recent to say
    reached = signed_in(coordinator).get(STUDY + "territorio/?dal=2024-01-01&al=" + made.TODAY.isoformat()).context["reached"]
    assert (reached.returning.count, reached.returning.whole) == (1, 3)


def test_critical_points_by_hand(twenty_four, coordinator, signed_in):
    """Starts without a trained tutor: 24 of 24. Early ends: 3 of 20, for being hired is no failure. Comuni without placements: 21 of 22."""
    points = signed_in(coordinator).get(STUDY + "punti-critici/" + PERIOD).context["points"]
    found = {p.kind: (p.share.count, p.share.whole) for p, _url in points}
    assert (found["untrained"], found["early"], found["uncovered"]) == ((24, 24), (3, 20), (21, 22))
    lows = [p.share.low or 0 for p, _url in points]
    assert lows == sorted(lows, reverse=True)
    by_kind = {p.kind: url for p, url in points}
    assert by_kind["early"] == "/tirocini/?stato=ended_early"
    assert not {"late_visits", "missing_evaluations"} & set(found)  # none was ever due


def test_visits_late_and_evaluations_missing(twenty_four, sondrio, coordinator, signed_in):
    """Due this year: 3 visits, none held, and a phone call, which is none. Evaluations: 2 due, 1 given, late; another is due tomorrow."""
    with scope(made.system(sondrio).scope):
        rows = list(Placement.objects.order_by("pk")[:4])
        for row, kind in zip(rows, ("planned", "planned", "urgent", "phone"), strict=True):
            Visit.objects.create(ambito=sondrio, placement=row, kind=kind, due_on=date(2026, 3, 1))
        asked = {"voice": "office", "questions": "base-1", "asked_on": date(2026, 3, 1)}
        Evaluation.objects.create(ambito=sondrio, placement=rows[0], moment="mid", due_on=date(2026, 4, 1), **asked)
        given = {"state": "given", "given_on": date(2026, 5, 1), "how": "paper"}
        Evaluation.objects.create(ambito=sondrio, placement=rows[1], moment="mid", due_on=date(2026, 4, 1), **asked, **given)
        Evaluation.objects.create(ambito=sondrio, placement=rows[2], moment="mid", due_on=made.TODAY + timedelta(days=1), **asked)
    page = signed_in(coordinator).get(STUDY + "punti-critici/" + PERIOD)
    found = {p.kind: (p.share.count, p.share.whole) for p, _url in page.context["points"]}
    assert (found["late_visits"], found["missing_evaluations"]) == ((3, 3), (1, 2))
    urls = {p.kind: url for p, url in page.context["points"]}
    assert (urls["late_visits"], urls["missing_evaluations"]) == (
        "/monitoraggio/visite/?tardi=on",
        "/monitoraggio/valutazioni/?in_ritardo=on",
    )


# --- Money


def test_the_comparison_is_blocked_until_the_last_tariff(sondrio, tirano, coordinator, signed_in, tariffs):
    """Rule 89."""
    client = signed_in(coordinator)
    tariffs(tirano)  # another Ambito's are not ours
    assert "Il confronto non si può ancora fare" in text(client.get(STUDY + "costi/"))
    tariffs(sondrio, but="day_cse")
    page = client.get(STUDY + "costi/")
    assert page.context["is_refused"] and "CSE, centro socio educativo" in text(page) and "11.178" not in text(page)
    new = {"kind": "day_cse", "valid_from": "2026-01-01", "value": "48", "source": "Delibera di prova 8/2026"}
    assert client.post("/regole/tariffe/nuova/", new).status_code == 303
    page = client.get(STUDY + "costi/")
    words = text(page)
    assert not page.context["is_refused"]
    # The year of test_cost.py: 7,773.01; CDD 18,952.00, avoided 11,178.99
    assert "7.773,01 €" in words and "18.952,00 €" in words and "11.178,99 €" in words and "stima" in words
    assert "Delibera di prova 8/2026" in words and "01/01/2026" in words
    # Not confirmed: INAIL's two, as they are shipped, and the CSE, whose box was left empty
    assert [p.kind for p in page.context["parameters"] if not p.is_confirmed] == ["inail_daily_base", "inail_rate_other", "day_cse"]
    assert "da confermare" in words


def test_before_its_day_a_tariff_does_not_count(sondrio, coordinator, signed_in, tariffs):
    tariffs(sondrio)
    client = signed_in(coordinator)
    assert client.get(STUDY + "costi/?giorno=2025-12-31").context["is_refused"]
    assert not client.get(STUDY + "costi/?giorno=2026-01-01").context["is_refused"]


def test_a_rule_book_may_let_it_warn(sondrio, coordinator, signed_in):
    book = RuleBookVersion.objects.filter(network=sondrio.network, ambito=None).latest("valid_from")
    values = {**book.values, "severity": {**book.values.get("severity", {}), "89": "warn"}}
    RuleBookVersion.objects.create(
        network=sondrio.network, ambito=sondrio, valid_from=date(2026, 6, 1), values=values, act="Delibera 3/2026", published_by="Ufficio"
    )
    page = signed_in(coordinator).get(STUDY + "costi/")
    assert not page.context["is_refused"] and page.context["compared"].alternatives == ()  # even then nothing is made up


def test_only_real_alternatives_are_counted(twenty_four, sondrio, coordinator, auditor, signed_in, tariffs):
    """Marked by the service for the four that run: 12 October to the day; the auditor reads that they are too few to tell."""
    tariffs(sondrio)
    with made.scope(made.system(sondrio).scope):
        Placement.objects.filter(state="active").update(day_centre_alternative=True, day_centre_by=coordinator)
        Placement.objects.filter(state="ended").update(day_centre_alternative=True, day_centre_by=None)  # nobody said so
    page = signed_in(coordinator).get(STUDY + "costi/")
    assert page.context["real"] == 4 and page.context["real_months"] == round(4 * ((made.TODAY - date(2026, 10, 12)).days + 1) / 30.4375)
    seen = signed_in(auditor).get(STUDY + "costi/?ambito=sondrio")
    assert seen.context["real"] is None and "troppo pochi per dire quanti" in text(seen)


def test_the_simulator_answers_at_its_address(sondrio, coordinator, signed_in):
    client = signed_in(coordinator)
    asked = (
        "simulatore/?inizio=2027-01-01&a_quanti=3&a_area=disability&a_ore=20&a_mesi=6&a_euro=400&b_quanti=2&b_ore=12&b_mesi=12&b_euro=300"
    )
    page = client.get(STUDY + asked)
    result = page.context["result"]
    # 3 × 6 × 400 + 2 × 12 × 300 = 7,200 + 7,200; of the second, December falls due in 2028: 2 × 300
    assert result.total == 14400 and [(y.year, y.needed) for y in result.years] == [(2027, 13800), (2028, 600)]
    assert result.first == "money" and result.carried == 0 and "i soldi per i contributi" in text(page)
    wrong = client.get(STUDY + "simulatore/?inizio=2027-01-01&a_quanti=0&a_ore=20&a_mesi=6&a_euro=400")
    assert wrong.context["result"] is None and "maggiore o uguale a 1" in text(wrong)
    half = client.get(STUDY + asked.replace("&b_euro=300", ""))
    assert half.context["result"] is None and "Serve anche questo" in text(half)


def test_the_network_has_no_means_of_its_own(auditor, signed_in):
    assert "mezzi di un Ambito" in text(signed_in(auditor).get(STUDY + "simulatore/"))


# --- Papers


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("whose", ["", "rete"])
def test_the_paper_says_what_the_pages_say(whose, twenty_four, coordinator, stranger, auditor, signed_in):
    client = signed_in(coordinator)
    wrong = client.post(STUDY + "carte/nuova/", {"dal": "2026-05-01", "al": "2026-01-01", "di": whose})
    assert wrong.status_code == 422
    answer = client.post(STUDY + "carte/nuova/", {"dal": "2026-01-01", "al": made.TODAY.isoformat(), "di": whose})
    assert answer.status_code == 303
    job = Job.objects.get(name="reports.study")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    assert b"".join(client.get(job.result_url).streaming_content).startswith(b"%PDF")
    with made.scope(made.system(twenty_four.ambito).scope):
        paper = Document.objects.get(kind="reports.study")
    assert bool(paper.ambito_id) is not bool(whose) and default_storage.exists(paper.file_name)
    written = str(paper.context)
    assert "<svg" in written and "Rossetti" not in written
    durations = paper.context["sections"][0]
    assert durations["figures"][0] == ["Tirocini iniziati", "20" if whose else "24"]
    # Four early ends hide on paper, and so does the share that would give them away
    assert durations["figures"][1][1] == "—"
    assert paper.number in text(client.get(STUDY + "carte/"))
    seen = signed_in(auditor).get(job.result_url)
    assert seen.status_code == (200 if whose else 404)
    assert not seen.streaming or b"".join(seen.streaming_content)
    assert signed_in(stranger).get(job.result_url).status_code == 403


def test_who_may_not_order_is_told_so(auditor, signed_in):
    assert signed_in(auditor).get(STUDY + "carte/nuova/").status_code == 403


# --- One statement a block


def test_each_block_is_one_statement(twenty_four, coordinator, within, django_assert_num_queries):
    access = within(coordinator)
    with queries.reach(access, first=date(2026, 1, 1), last=made.TODAY, wide=False) as frame:
        for block in (queries.spells, queries.totals, queries.presence, queries.weekdays, queries.places, queries.districts):
            with django_assert_num_queries(1):
                block(frame)
        with django_assert_num_queries(1):
            queries.faults(frame, close_day=5, percent=80)
        with django_assert_num_queries(1):
            queries.room(frame, per_tutor=3, per_promoter=20)


def test_another_ambito_is_never_counted(twenty_four, tirano, within, signed_in):
    access = within(make_user(Role.COORDINATOR, tirano))
    with queries.reach(access, first=date(2026, 1, 1), last=made.TODAY, wide=False) as frame:
        assert queries.spells(frame) == [] and queries.totals(frame).placements == 0
