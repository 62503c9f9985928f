"""The rule book's pages through their doors: reading it, comparing, proposing, approving with four eyes, tariffs."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import COMPANY_ROLES, Role
from impresasolidale.core.models import Todo
from impresasolidale.core.scope import scope
from impresasolidale.territory import services
from impresasolidale.territory.fields import fields_for, initial_of
from impresasolidale.territory.forms import RuleBookForm
from impresasolidale.territory.models import Ambito, RuleBookProposal, RuleBookVersion, Tariff
from impresasolidale.territory.rules import CATALOGUE, RANGES, Rules, value_types
from impresasolidale.territory.selectors import rules_for
from impresasolidale.territory.words import LABELS, THEMES, differences, standing, words
from tests.factories.fixtures import make_user

pytestmark = pytest.mark.django_db
OFFICE = {*Role} - COMPANY_ROLES - {Role.PARTNER, Role.DONOR}
TOMORROW = timezone.localdate() + timedelta(days=1)


def url(name: str, *args: Any) -> str:
    return reverse(f"territory:{name}", args=args)


def text(response: Any) -> str:
    return response.content.decode()


def publish(ambito: Ambito, user: User, changes: dict[str, Any], on: date = date(2026, 1, 1)) -> None:
    access = access_for(user)
    with scope(access.scope):
        services.publish_rulebook(network=ambito.network, ambito=ambito, valid_from=on, changes=changes, act="Verbale 4", by=access)


def typed(base: Rules | None = None, **changed: Any) -> dict[str, Any]:
    """What a browser sends: every field as it was drawn, and what was typed over it."""
    form = RuleBookForm(base=base or Rules())
    data = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
    return data | {"valid_from": TOMORROW.isoformat(), "act": "Assemblea dei Sindaci, verbale 7", **changed}


@pytest.fixture
def second(sondrio: Ambito) -> User:
    return make_user(Role.COORDINATOR, sondrio, number=2)


def test_an_ambito_that_follows_the_network_has_no_versions_and_says_so(sondrio: Ambito, second: User, signed_in: Any) -> None:
    Ambito.objects.create(network=sondrio.network, name="Valle Nuova", code="valle-nuova")
    assert "Nessuna versione propria" in text(signed_in(second).get(url("versions"), {"ambito": "valle-nuova"}))


# --- Words


def test_every_rule_has_one_theme_and_every_value_its_words():
    assert sorted(number for theme in THEMES for number in theme.numbers) == list(CATALOGUE)
    assert set(LABELS) == set(value_types())
    rules = Rules()
    assert all(words(name, getattr(rules, name)) for name in value_types())
    assert set(RANGES) <= set(value_types())


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("weekly_hours_cap", 1, "1 ora"),
        ("suspension_moves_end", True, "sì"),
        ("fund_isee_ceiling", None, "nessun limite"),
        ("allowance_ceiling", Rules().allowance_ceiling, "500 €"),
        ("cofinancing_percent", Rules().cofinancing_percent, "60,63 %"),
        ("host_size_limits", ((5, 1), (20, 2)), "fino a 5 addetti 1 persona; fino a 20 addetti 2 persone"),
        ("certification_windows", (("05-01", "05-31"),), "dal 1/5 al 31/5"),
        ("paper_levels", (("pact", "drawn"),), "patto: firma disegnata sul tablet"),
        ("evaluation_moments", ("initial", "final"), "all'inizio, alla fine"),
    ],
)
def test_how_values_read(name, value, said):
    assert words(name, value) == said


def test_what_nobody_confirmed_is_never_called_law():
    assert standing(CATALOGUE[22]) == "Da confermare: scelta dell'ufficio"
    assert standing(CATALOGUE[19]) == "Obbligo di legge"
    assert all(("legge" in standing(rule)) <= rule.is_law or rule.kind == "H" for rule in CATALOGUE.values() if rule.confidence != "U")


def test_differences_name_each_change_once():
    rows = differences(Rules(), Rules.from_values({"trainees_per_tutor": 2, "severity": {"13": "block"}}))
    assert [(row.rule.number, row.name, row.cells) for row in rows] == [
        (13, "", ("avvisa", "blocca")), (16, "trainees_per_tutor", ("3 persone", "2 persone")),
    ]  # fmt: skip


# --- Reading


@pytest.mark.parametrize("role", [r for r in Role if r not in COMPANY_ROLES])
def test_every_office_role_reads_and_the_coordinator_alone_changes(role, sondrio, signed_in):
    client = signed_in(make_user(role, None if role in {Role.PARTNER, Role.DONOR} else sondrio, number=7))
    for name in ("rules", "compare", "compare_dates", "versions", "tariffs"):
        assert client.get(url(name)).status_code == (200 if role in OFFICE else 403), name
    for name in ("propose", "new_tariff"):
        assert client.get(url(name)).status_code == (200 if role == Role.COORDINATOR else 403), name


def test_the_rule_book_says_what_how_much_and_from_where(worker, signed_in):
    page = text(signed_in(worker).get(url("rules")))
    assert "Copertura INAIL attiva prima dell’inizio" in page and "Obbligo di legge" in page
    assert "30 ore" in page and "Da confermare: scelta dell&#x27;ufficio" in page
    assert "cambiata" not in page and "Proponi nuove regole" not in page


def test_of_any_day_and_of_any_ambito(worker, coordinator, sondrio, signed_in):
    publish(sondrio, coordinator, {"weekly_hours_cap": 20}, on=date(2027, 1, 1))
    client = signed_in(worker)
    for query, hours in (
        ({"al": "2026-12-31"}, "30 ore"),
        ({"al": "2027-01-01"}, "20 ore"),
        ({"al": "2027-01-01", "ambito": "tirano"}, "30 ore"),
    ):
        page = text(client.get(url("rules"), {**query, "q": "ore alla settimana al massimo"}))
        assert f"<strong>{hours}</strong>" in page, query
    assert "Nessun regolamento in questo giorno" in text(client.get(url("rules"), {"al": "2001-01-01"}))
    assert client.get(url("rules"), {"al": "mai", "ambito": "luna", "tema": "x"}).status_code == 200


def test_filters_of_the_rule_book(worker, coordinator, sondrio, signed_in):
    client = signed_in(worker)
    assert "Qui non è cambiato niente" in text(client.get(url("rules"), {"solo": "on"}))
    publish(sondrio, coordinator, {"weekly_hours_cap": 20})
    page = text(client.get(url("rules"), {"solo": "on"}))
    assert "Ore alla settimana" in page and "all'inizio: 30 ore" in page and "Copertura INAIL" not in page
    assert "Copertura INAIL" not in text(client.get(url("rules"), {"tema": "fondo"}))
    assert "Nessuna regola con queste parole" in text(client.get(url("rules"), {"q": "astronave"}))


def test_ambiti_side_by_side(worker, coordinator, sondrio, signed_in):
    client = signed_in(worker)
    assert "Gli Ambiti hanno le stesse regole" in text(client.get(url("compare")))
    publish(sondrio, coordinator, {"weekly_hours_cap": 20, "severity": {"12": "block"}})
    page = text(client.get(url("compare")))
    assert all(f'<th scope="col">{name}</th>' in page for name in ("Sondrio", "Tirano", "Morbegno"))
    assert page.index("30 ore") < page.index("20 ore") < page.rindex("30 ore") and "blocca" in page  # Sondrio stands in the middle
    assert "Copertura INAIL" not in page
    assert "Copertura INAIL" in text(client.get(url("compare"), {"tutte": "on"}))


def test_two_dates_side_by_side(worker, coordinator, sondrio, signed_in):
    publish(sondrio, coordinator, {"weekly_hours_cap": 20}, on=date(2026, 6, 1))
    client = signed_in(worker)
    page = text(client.get(url("compare_dates"), {"dal": "2026-01-01", "al": "2026-06-01"}))
    assert "01/01/2026" in page and "30 ore" in page and "20 ore" in page
    assert "non è cambiato niente" in text(client.get(url("compare_dates"), {"dal": "2026-01-01", "al": "2026-05-31"}))
    assert "non è cambiato niente" in text(client.get(url("compare_dates"), {"dal": "2026-01-01", "al": "2026-07-01", "ambito": "tirano"}))
    assert "Non ci sono due regolamenti" in text(client.get(url("compare_dates"), {"dal": "2001-01-01", "al": "2026-07-01"}))


def test_pages_ask_the_same_number_of_questions_whatever_was_published(worker, coordinator, sondrio, signed_in):
    client = signed_in(worker)

    def queries() -> list[int]:
        counts = []
        for name in ("rules", "compare", "compare_dates", "versions", "tariffs"):
            with CaptureQueriesContext(connection) as caught:
                client.get(url(name))
            counts.append(len(caught))
        return counts

    few = queries()
    for month in range(1, 6):
        publish(sondrio, coordinator, {"weekly_hours_cap": 20 + month}, on=date(2026, month, 1))
    assert queries() == few


# --- A new version, with four eyes


def test_a_proposal_is_shown_asked_and_approved_by_another(coordinator, second, sondrio, signed_in):
    client = signed_in(coordinator)
    data = typed(weekly_hours_cap="20", **{"severity.12": "block", "paper_levels.pact": "drawn"})
    page = text(client.post(url("propose"), {**data, "preview": "1"}))
    assert "Che cosa cambia" in page and "20 ore" in page and "Proponi queste regole" in page and "conserva le regole" in page
    assert RuleBookVersion.objects.filter(act__contains="verbale 7").count() == 0
    made = client.post(url("propose"), data)
    assert made.status_code == 303
    with scope(access_for(coordinator).scope):
        row = RuleBookProposal.objects.get()
        assert row.changes["weekly_hours_cap"] == 20 and row.changes["severity"] == {"12": "block"} and len(row.changes) == 3
        assert Todo.objects.filter(kind="territory.proposal.decide", ambito_id=sondrio.pk, done_at=None).count() == 1
    page = text(client.get(made["Location"]))
    assert "Serve una seconda persona" in page and "Registra l'atto e pubblica" in page
    refused = client.post(url("approve", row.public_id), follow=True)
    assert "Serve una seconda persona: chi ha preparato" in text(refused)
    assert RuleBookVersion.objects.filter(act__contains="verbale 7").count() == 0
    other = signed_in(second)
    assert "Approva e pubblica" in text(other.get(made["Location"]))
    assert other.post(url("approve", row.public_id)).status_code == 303
    version, rules = rules_for(sondrio, TOMORROW)
    assert (version.act, version.ambito, rules.weekly_hours_cap) == ("Assemblea dei Sindaci, verbale 7", sondrio, 20)
    assert (version.proposed_by, version.second_key) == (str(coordinator), str(second))
    assert rules_for(sondrio, TOMORROW - timedelta(days=1))[1].weekly_hours_cap == 30
    with scope(access_for(coordinator).scope):
        assert not Todo.objects.filter(kind="territory.proposal.decide", done_at=None).exists()
    page = text(other.get(url("versions")))
    assert all(word in page for word in ("verbale 7", str(coordinator), str(second), "30 ore", "20 ore", "patto: firma disegnata"))
    assert "non è possibile dallo stato attuale" in text(other.post(url("approve", row.public_id), follow=True))
    assert RuleBookVersion.objects.filter(act__contains="verbale 7").count() == 1


def test_an_outside_act_is_the_second_key(coordinator, sondrio, signed_in):
    client = signed_in(coordinator)
    made = client.post(url("propose"), typed(max_months="30"))
    with scope(access_for(coordinator).scope):
        row = RuleBookProposal.objects.get()
    act = url("outside_act", row.public_id)
    assert client.post(act, {"outside_number": "", "outside_on": "2026-11-01"}).status_code == 422
    ahead = client.post(act, {"outside_number": "12", "outside_on": (TOMORROW + timedelta(days=9)).isoformat()})
    assert ahead.status_code == 422 and "non può essere nel futuro" in text(ahead)
    assert client.post(act, {"outside_number": "12", "outside_on": "2026-11-01"}).status_code == 303
    version, rules = rules_for(sondrio, TOMORROW)
    assert rules.max_months == 30 and version.second_key == f"{coordinator}, con l'atto 12 del 01/11/2026"
    assert client.get(act).status_code == 404 and client.get(made["Location"]).status_code == 200


def test_the_network_changes_for_all_and_each_keeps_its_own(coordinator, sondrio, tirano, signed_in):
    publish(sondrio, coordinator, {"weekly_hours_cap": 20})
    client = signed_in(coordinator)
    address = url("propose") + "?per=rete"
    page = text(client.post(address, {**typed(first_visit_days="15"), "preview": "1"}))
    assert "regole comuni della rete, Morbegno, Sondrio, Tirano" in page
    assert client.post(address, typed(first_visit_days="15")).status_code == 303
    chief = make_user(Role.COORDINATOR, tirano, number=3)
    with scope(access_for(chief).scope):
        row = RuleBookProposal.objects.get()
        assert Todo.objects.filter(kind="territory.proposal.decide", ambito_id=None).count() == 1
    assert signed_in(chief).post(url("approve", row.public_id)).status_code == 303
    assert [rules_for(a, TOMORROW)[1].weekly_hours_cap for a in (sondrio, tirano)] == [20, 30]
    assert {rules_for(a, TOMORROW)[1].first_visit_days for a in (sondrio, tirano)} == {15}


@pytest.mark.parametrize(
    ("changed", "field", "words_"),
    [
        ({"weekly_hours_cap": "99"}, "weekly_hours_cap", "48"),
        ({"weekly_hours_cap": "venti"}, "weekly_hours_cap", "numero intero"),
        ({"max_months": "20"}, "warn_months", "L’avviso deve venire prima"),
        ({"allowance_bands": "cinquanta"}, "allowance_bands", "Non capisco la riga"),
        ({"certification_windows": "31/5 - 1/5"}, "certification_windows", "Scrivi ogni periodo"),
        ({"certification_windows": "31/2 - 1/5"}, "certification_windows", "Scrivi ogni periodo"),
        ({"host_size_limits": ""}, "host_size_limits", "obbligatorio"),
        ({"severity.12": "red"}, "severity.12", "valida"),
        ({"valid_from": timezone.localdate().isoformat(), "max_months": "30"}, "valid_from", "da domani in poi"),
        ({"valid_from": "", "max_months": "30"}, "valid_from", "obbligatorio"),
        ({"act": " ", "max_months": "30"}, "act", "obbligatorio"),
        ({}, None, "Non è cambiato niente"),
    ],
)
@pytest.mark.parametrize("preview", [{}, {"preview": "1"}])
def test_bad_values_are_said_beside_their_field_and_nothing_is_lost(changed, field, words_, preview, coordinator, signed_in):
    data = typed(**changed) | preview
    response = signed_in(coordinator).post(url("propose"), data)
    page = text(response)
    assert response.status_code == 422 and words_ in page
    if field:
        assert f'id="id_{field}_error"' in page
    with scope(access_for(coordinator).scope):
        assert not RuleBookProposal.objects.exists()


def test_a_day_that_is_taken_is_refused(coordinator, sondrio, signed_in):
    publish(sondrio, coordinator, {"max_months": 30}, on=TOMORROW)
    response = signed_in(coordinator).post(url("propose"), typed(base=Rules(max_months=30), weekly_hours_cap="20"))
    assert response.status_code == 422 and "scegli un giorno successivo" in text(response)


def test_a_proposal_whose_day_came_is_withdrawn_with_a_reason(coordinator, second, sondrio, signed_in):
    access = access_for(coordinator)
    with scope(access.scope):
        row = services.propose_rulebook(
            network=sondrio.network, ambito=sondrio, valid_from=date(2026, 2, 1), changes={"max_months": 30}, act="Verbale 1",
            by=access, today=date(2026, 1, 1), url=lambda row: "/",
        )  # fmt: skip
    client = signed_in(second)
    assert "è già arrivato" in text(client.get(url("proposal", row.public_id)))
    assert "arrivato prima" in text(client.post(url("approve", row.public_id), follow=True))
    withdraw = url("withdraw", row.public_id)
    assert client.post(withdraw, {"reason": " "}).status_code == 422
    assert client.post(withdraw, {"reason": "Serve un giorno nuovo"}).status_code == 303
    assert "Serve un giorno nuovo" in text(client.get(url("proposal", row.public_id)))
    assert client.get(withdraw).status_code == 404
    late = client.post(withdraw, {"reason": "Anch'io"})
    assert late.status_code == 409 and "non è possibile dallo stato attuale" in text(late)
    assert rules_for(sondrio, date(2026, 3, 1))[1].max_months == 24


def test_another_ambitos_proposal_is_not_there(coordinator, tirano, signed_in):
    access = access_for(coordinator)
    made = signed_in(coordinator).post(url("propose"), typed(max_months="30"))
    with scope(access.scope):
        row = RuleBookProposal.objects.get()
    client = signed_in(make_user(Role.COORDINATOR, tirano, number=4))
    assert client.get(made["Location"]).status_code == 404
    for name in ("approve", "outside_act", "withdraw"):
        assert client.post(url(name, row.public_id), {}).status_code == 404
    assert "aspettano una decisione" not in text(client.get(url("rules")))


def test_who_may_not_publish(coordinator, worker, signed_in):
    signed_in(coordinator).post(url("propose"), typed(max_months="30"))
    with scope(access_for(coordinator).scope):
        row = RuleBookProposal.objects.get()
    client = signed_in(worker)
    assert "Approva e pubblica" not in text(client.get(url("proposal", row.public_id)))
    for name in ("approve", "outside_act", "withdraw"):
        assert client.post(url(name, row.public_id), {}).status_code == 403
    assert client.post(url("propose"), typed(max_months="36")).status_code == 403


def test_the_database_keeps_four_eyes_and_the_states(coordinator, sondrio, within):
    access = within(coordinator)
    row = services.propose_rulebook(
        network=sondrio.network, ambito=sondrio, valid_from=date(2026, 2, 1), changes={"max_months": 30}, act="Verbale 1",
        by=access, today=date(2026, 1, 1), url=lambda row: "/",
    )  # fmt: skip
    rows = RuleBookProposal.objects.filter(pk=row.pk)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        rows.update(state="published", decided_by=coordinator)
    with pytest.raises(IntegrityError, match="decided_by_somebody"), transaction.atomic():
        rows.update(state="withdrawn")
    rows.update(state="withdrawn", decided_by=coordinator)
    with pytest.raises(IntegrityError, match="is not a transition"), transaction.atomic():
        rows.update(state="open", decided_by=None)


def test_what_is_drawn_is_what_is_kept():
    """A form sent as it was drawn changes nothing."""
    form = RuleBookForm(typed(), base=Rules())
    assert form.is_valid(), form.errors
    assert form.changes == {}
    base = Rules.from_values({"allowance_bands": [[0, "0"], [50, "200.50"]], "fund_isee_ceiling": "15000", "suspension_moves_end": False})
    form = RuleBookForm(typed(base=base), base=base)
    assert form.is_valid() and form.changes == {}
    assert set().union(*(fields_for(name) for name in value_types())) == set().union(
        *(initial_of(name, getattr(base, name)) for name in value_types())
    )


# --- Tariffs


def test_a_tariff_is_added_and_never_changed(coordinator, worker, signed_in):
    client = signed_in(coordinator)
    assert "53,98" in text(client.get(url("tariffs")))
    new = {"kind": "inail_daily_base", "valid_from": "2026-07-01", "value": "57,30", "source": "INAIL, circolare 20/2026"}
    for wrong, words_ in (
        ({"value": "tanto"}, "numero"),
        ({"source": ""}, "obbligatorio"),
        ({"valid_from": "2014-01-01"}, "già un valore"),
    ):
        refused = client.post(url("new_tariff"), new | wrong)
        assert refused.status_code == 422 and words_ in text(refused)
    assert client.post(url("new_tariff"), new).status_code == 303
    page = text(client.get(url("tariffs")))
    assert "57,3" in page and "53,98" in page and "circolare 20/2026" in page
    assert Tariff.objects.filter(kind="inail_daily_base").count() == 2
    assert signed_in(worker).post(url("new_tariff"), new).status_code == 403


def test_visitors_are_sent_to_sign_in():
    assert Client().get(url("rules")).status_code == 302
