"""The scheme's editor through its pages, real companies under it, two schemes side by side, publishing by a second person."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from certification.enums import ApplicationState, Level, Origin, SchemeState
from certification.models import Answer, Application, Campaign, SchemeVersion
from certification.scheme import Scheme, area_of
from certification.selectors.schemes import scheme_in_force
from certification.services import schemes as services
from certification.shipped import shipped_scheme
from companies.hosts.models import Company
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired
from impresasolidale.core.models import Fact, Look, Todo
from tests.factories.agreements import PDF, scan
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.certification import granted, hosted, make_host
from tests.factories.fixtures import TODAY
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(worker: Any, within: Any) -> Any:
    return within(worker)


@pytest.fixture
def first(by: Any, coordinator: Any) -> Any:
    """The coordinator who edits."""
    return access_for(coordinator)


@pytest.fixture
def second(by: Any, user_of: Any, tirano: Any) -> Any:
    """The coordinator of another Ambito of the network, who publishes."""
    return access_for(user_of(Role.COORDINATOR, tirano, number=2))


@pytest.fixture
def draft(first: Any) -> SchemeVersion:
    return services.new_draft(base=scheme_in_force(first, TODAY), name="Impresasolidale 2027", by=first)


@pytest.fixture
def office(coordinator: Any, signed_in: Any) -> Any:
    return signed_in(coordinator)


def at(row: SchemeVersion, name: str = "scheme", *codes: str) -> str:
    return reverse(f"certification:{name}", args=[row.public_id, *codes])


def now(row: SchemeVersion) -> Scheme:
    row.refresh_from_db()
    return row.scheme


CRITERION = {
    "name": "Cura e tempo",
    "question": "Quanto tempo date a chi arriva?",
    "kind": "elective",
    "required_from": "impresa_solidale",
    "checked_by": "computed",
    "measure": "months",
    "proofs": "",
    "words_1": "qualche mese",
    "points_1": "1",
    "micro_1": "3",
    "small_1": "6",
    "medium_1": "12",
    "large_1": "24",
}


# --- Versions


def test_the_first_draft_keeps_the_scheme_that_came_with_the_program(first: Any, office: Any, coordinator: Any) -> None:
    listed = office.get(reverse("certification:schemes"))
    assert "Impresasolidale 2026" in listed.content.decode() and not SchemeVersion.objects.exists()
    answer = office.post(reverse("certification:schemes"), {"name": "Impresasolidale 2027", "base": "1"})
    shipped, made = SchemeVersion.objects.order_by("version")
    assert answer.status_code == 303 and answer.url == at(made)
    assert (shipped.version, shipped.state, made.version, made.state, made.based_on) == (1, "published", 2, "draft", 1)
    assert made.scheme == shipped_scheme() and made.edited_by == coordinator
    assert scheme_in_force(first, TODAY) == shipped  # a draft is not in force
    assert Fact.objects.filter(code="certification.scheme.drafted").count() == 1


def test_pages_of_a_draft_open(office: Any, draft: SchemeVersion) -> None:
    for url in (
        at(draft),
        at(draft, "scheme_name"),
        at(draft, "scheme_levels"),
        at(draft, "scheme_new_area"),
        at(draft, "scheme_area", "accoglienza"),
        at(draft, "scheme_new_criterion", "accoglienza"),
        at(draft, "scheme_criterion", "accoglienza", "mesi"),
        at(draft, "scheme_publish"),
        at(draft, "scheme_preview"),
        at(draft, "scheme_compare"),
        reverse("certification:schemes"),
    ):
        with OwnQueries() as own:
            assert office.get(url).status_code == 200, url
        assert len(own) <= 10, own


# --- Editing


def test_an_area_and_a_criterion_are_written_moved_and_taken_away(office: Any, draft: SchemeVersion) -> None:
    seen = {"row_version": draft.row_version}
    answer = office.post(at(draft, "scheme_new_area"), {"name": "Cura", "words": "Prendersi cura.", **seen})
    assert answer.status_code == 303 and answer.url == at(draft, "scheme_area", "cura")
    answer = office.post(at(draft, "scheme_new_criterion", "cura"), {**CRITERION, "row_version": 2})
    assert answer.status_code == 303, answer.content.decode()
    [criterion] = area_of(now(draft), "cura").criteria
    assert (criterion.code, criterion.measure, criterion.steps[0].thresholds) == (
        "cura_e_tempo", "months", {"micro": 3, "small": 6, "medium": 12, "large": 24},
    )  # fmt: skip
    office.post(at(draft, "scheme_criterion", "cura", "cura_e_tempo"), {**CRITERION, "name": "Tempo", "row_version": 3})
    [criterion] = area_of(now(draft), "cura").criteria
    assert (criterion.name, criterion.code) == ("Tempo", "cura_e_tempo")  # answers are kept by the code
    office.post(at(draft, "scheme_move_area", "cura"), {"way": "up", "row_version": 4})
    assert [a.code for a in now(draft).areas][-2:] == ["cura", "diffusione"]
    office.post(at(draft, "scheme_move", "accoglienza", "mesi"), {"way": "down", "row_version": 5})
    assert [c.code for c in area_of(now(draft), "accoglienza").criteria][-2:] == ["ritorni", "mesi"]
    office.post(at(draft, "scheme_remove", "cura", "cura_e_tempo"), {"row_version": 6})
    office.post(at(draft, "scheme_remove_area", "cura"), {"row_version": 7})
    assert "cura" not in {a.code for a in now(draft).areas} and draft.row_version == 8
    assert Fact.objects.filter(code="certification.scheme.edited").count() == 7


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"large_1": "9999"}, "micro_1", "La soglia 9999 non si raggiunge"),
        ({"small_1": "2"}, "micro_1", "più piccola si chiede più"),
        ({"measure": ""}, "measure", "Scegli che cosa si misura."),
        ({"words_1": ""}, "words_1", "Ogni gradino dice in parole"),
        ({"points_1": ""}, "points_1", "obbligatori"),
        ({"points_2": "1", "words_2": "di più"}, "points_2", "crescono da un gradino"),
        ({"checked_by": "document"}, "proofs", "Scrivi quale documento"),
        ({"name": ""}, "name", "obbligatori"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    office: Any, draft: SchemeVersion, changes: dict[str, str], field: str, words: str
) -> None:
    answer = office.post(at(draft, "scheme_new_criterion", "comunita"), {**CRITERION, **changes, "row_version": 1})
    form = answer.context["form"]
    assert answer.status_code == 422 and words in " ".join(form.errors[field])
    assert "Quanto tempo date a chi arriva?" in answer.content.decode()
    assert now(draft) == shipped_scheme()


def test_a_name_that_is_there_is_refused(office: Any, draft: SchemeVersion) -> None:
    for name in ("Accoglienza", "Comunità!"):
        answer = office.post(at(draft, "scheme_new_area"), {"name": name, "words": "…", "row_version": 1})
        assert answer.status_code == 422 and "C'è già un'area con questo nome." in answer.context["form"].errors["name"]
    answer = office.post(at(draft, "scheme_new_criterion", "comunita"), {**CRITERION, "name": "Mesi", "row_version": 1})
    assert answer.status_code == 422 and "C'è già un criterio con questo nome." in answer.context["form"].errors["name"]


def levels(**changes: str) -> dict[str, str]:
    said: dict[str, str] = {}
    for rule in shipped_scheme().levels:
        said |= {
            f"{name}_{rule.level}": str(getattr(rule, name))
            for name in ("words", "area_minimum", "total_minimum", "decided_by", "validators")
        }
        said |= {f"is_on_{rule.level}": "on"}
    return {**said, **changes}


def test_levels_and_cap_are_written(office: Any, draft: SchemeVersion) -> None:
    said = levels(total_minimum_impresa_solidale="14", row_version="1")
    del said["is_on_ambasciatrice"]
    assert office.post(at(draft, "scheme_levels"), said).status_code == 303
    assert [(rule.level, rule.total_minimum) for rule in now(draft).levels] == [("aderente", 1), ("impresa_solidale", 14)]
    named = {"name": "Duemilaventisette", "validity_months": "24", "bonus_cap": "1", "row_version": "2"}
    assert office.post(at(draft, "scheme_name"), named).status_code == 303
    assert (now(draft).bonus_cap, draft.name, draft.validity_months) == (1, "Duemilaventisette", 24)


def test_a_level_that_nobody_can_reach_is_said_on_the_page_and_stops_publishing(
    office: Any, draft: SchemeVersion, second: Any, first: Any
) -> None:
    """The shipped scheme gives 37 and 2 in more: 40 is too much."""
    office.post(at(draft, "scheme_levels"), levels(total_minimum_ambasciatrice="40", row_version="1"))
    assert "In tutto si arriva a 39 punti" in office.get(at(draft)).content.decode()
    with pytest.raises(DomainError, match="39 punti"):
        services.publish_scheme(version=draft, by=second, today=TODAY)
    with pytest.raises(DomainError, match="39 punti"):
        services.ask_to_publish(version=draft, by=first, today=TODAY)


def test_who_opened_an_older_version_is_told(office: Any, draft: SchemeVersion, second: Any) -> None:
    """Two edit at once: the second reads that somebody saved, what they typed stays; a button pressed late is refused."""
    services.move(version=draft, seen=1, area="comunita", up=True, by=second)
    answer = office.post(at(draft, "scheme_name"), {"name": "Altro", "validity_months": "24", "bonus_cap": "1", "row_version": "1"})
    assert answer.status_code == 409 and "Altro" in answer.content.decode()
    late = office.post(at(draft, "scheme_remove", "comunita", "dono"), {"row_version": "1"}, follow=True)
    assert "Nel frattempo" in late.content.decode() and "dono" in now(draft).criteria
    with pytest.raises(Conflict):
        services.put_area(version=draft, seen=1, area=draft.scheme.areas[0], instead_of="accoglienza", by=second)


# --- Publishing


def test_one_edits_another_publishes(office: Any, draft: SchemeVersion, first: Any, second: Any, signed_in: Any) -> None:
    office.post(at(draft, "scheme_ask"))
    [todo] = Todo.objects.filter(kind="certification.scheme")
    assert (todo.url, todo.ambito_id, todo.role) == (at(draft), None, Role.COORDINATOR)
    with pytest.raises(FourEyesRequired):
        services.publish_scheme(version=draft, by=first, today=TODAY)
    other = signed_in(second.actor)
    assert "Leggi e pubblica" in other.get(at(draft)).content.decode()
    assert other.post(at(draft, "scheme_publish"), {"row_version": draft.row_version}).status_code == 303
    draft.refresh_from_db()
    assert (draft.state, draft.published_on, draft.published_by_id) == (SchemeState.PUBLISHED, TODAY, second.actor_id)
    assert scheme_in_force(first, TODAY) == draft
    assert not Todo.objects.filter(kind="certification.scheme", done_at=None).exists()


def test_nobody_publishes_what_they_have_not_read(draft: SchemeVersion, first: Any, second: Any, signed_in: Any) -> None:
    """Edited between the look and the button: the second key is of what was read."""
    services.move(version=draft, seen=1, area="comunita", up=True, by=first)
    answer = signed_in(second.actor).post(at(draft, "scheme_publish"), {"row_version": 1})
    assert answer.status_code == 409 and "Nel frattempo" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == SchemeState.DRAFT


def test_a_draft_that_a_campaign_uses_is_kept(draft: SchemeVersion, first: Any) -> None:
    Campaign.objects.create(network_id=first.network_id, name="Primavera", scheme=draft, opens_on=TODAY)
    with pytest.raises(DomainError, match="Una campagna usa questa bozza"):
        services.discard_draft(version=draft, by=first)


def test_one_alone_needs_an_act(office: Any, draft: SchemeVersion, worker: Any, signed_in: Any) -> None:
    assert office.post(at(draft, "scheme_publish"), {"row_version": 1}).status_code == 422
    act = {"row_version": 1, "act_number": "7/2026", "act_on": "10/11/2026", "act_file": scan("atto.pdf", PDF)}
    assert office.post(at(draft, "scheme_publish"), act).status_code == 303
    [fact] = Fact.objects.filter(code="certification.scheme.published")
    assert fact.reason == "Atto n. 7/2026 del 10/11/2026"
    copy = office.get(at(draft, "scheme_act"))
    assert copy.status_code == 200 and b"".join(copy.streaming_content).startswith(b"%PDF")
    assert "Copia dell" in office.get(at(draft)).content.decode()


def test_a_published_version_never_changes(office: Any, draft: SchemeVersion, first: Any, second: Any) -> None:
    """Neither through the services, nor the pages, nor by a stray UPDATE."""
    services.publish_scheme(version=draft, by=second, today=TODAY)
    for name, codes in (("scheme_name", ()), ("scheme_levels", ()), ("scheme_area", ("comunita",)), ("scheme_publish", ())):
        assert office.get(at(draft, name, *codes)).status_code == 404
    assert office.post(at(draft, "scheme_remove", "comunita", "dono"), {"row_version": 2}).status_code == 404
    with pytest.raises(Conflict, match="non cambia più"):
        services.move(version=draft, seen=2, area="comunita", up=True, by=first)
    with pytest.raises(Conflict):
        services.discard_draft(version=draft, by=first)
    for change in (
        lambda: SchemeVersion.objects.filter(pk=draft.pk).update(name="Altro"),
        lambda: SchemeVersion.objects.filter(pk=draft.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_an_application_keeps_the_version_it_began_with(by: Any, first: Any, second: Any, draft: SchemeVersion) -> None:
    """Rule 79: published in the middle, the new one is for the next."""
    company = make_host(by)
    hosted(by, company, make_beneficiary(by, number=1))
    certificate = granted(company, proposer=by, decider=first)
    services.publish_scheme(version=draft, by=second, today=TODAY)
    certificate.refresh_from_db()
    assert certificate.scheme.version == 1


def test_a_draft_is_thrown_away_and_its_history_stays(office: Any, draft: SchemeVersion) -> None:
    assert office.post(at(draft, "scheme_discard")).url == reverse("certification:schemes")
    assert SchemeVersion.objects.count() == 1
    assert Fact.objects.filter(code="certification.scheme.discarded").exists()


# --- Who may


def test_doors(office: Any, draft: SchemeVersion, worker: Any, user_of: Any, sondrio: Any, signed_in: Any) -> None:
    reader = signed_in(worker)
    assert reader.get(at(draft)).status_code == 200 and "Modifica l" not in reader.get(at(draft)).content.decode()
    for name, codes in (("scheme_name", ()), ("scheme_levels", ()), ("scheme_new_area", ()), ("scheme_publish", ())):
        assert reader.get(at(draft, name, *codes)).status_code == 403
    assert reader.post(at(draft, "scheme_discard")).status_code == 403
    assert reader.post(reverse("certification:schemes"), {"name": "Mio", "base": "1"}).status_code == 403
    clerk = signed_in(user_of(Role.CLERK, sondrio))
    assert clerk.get(at(draft)).status_code == 403
    for wrong in (("scheme_area", ("no",)), ("scheme_criterion", ("comunita", "no"))):
        assert office.get(at(draft, wrong[0], *wrong[1])).status_code == 404


# --- Real companies


@pytest.fixture
def companies(by: Any) -> list[Company]:
    """A bakery with three years, a factory with one month, one that hosted nobody."""
    bakery, factory = (
        make_host(by, number=1, name="Forno Prova", staff_count=2),
        make_host(by, number=2, name="Ghisa Prova", staff_count=120),
    )
    for number, start in enumerate((date(2024, 3, 4), date(2025, 3, 3), date(2026, 3, 2)), 1):
        hosted(by, bakery, make_beneficiary(by, number=number), start=start, months=8)
    hosted(by, factory, make_beneficiary(by, number=9), start=date(2026, 9, 7), months=1)
    return [bakery, factory, make_host(by, number=3, name="Nessuno Prova")]


def test_the_preview_says_where_each_company_stands(office: Any, draft: SchemeVersion, companies: list[Company]) -> None:
    """The bakery: 1 + 3 (three placements) + 3 (years) + 2 (24 months ≥ 12) + 0 (nobody twice) = 9, and 2 of three ended: total 11.
    The factory: 1 + 0 + 1 (one year) + 0 + 0 = 2, nothing ended enough (3): total 2."""
    answer = office.get(at(draft, "scheme_preview"))
    bakery, factory = answer.context["lines"]
    assert (bakery["subject"].name, [points for _area, points in bakery["points"]], bakery["total"]) == ("Forno Prova", [9, 0, 2, 0, 0], 11)
    assert (factory["total"], factory["level"], factory["most"]) == (2, "Aderente", "Aderente")
    assert (bakery["level"], bakery["above"]) == ("Aderente", "Impresa solidale")
    assert bakery["most"] == "Aderente"  # without a trained tutor nothing it declares is enough
    assert any(words.startswith("Tutor formati") for words in bakery["missing"])
    assert "Nessuno Prova" not in answer.content.decode()
    assert Look.objects.filter(place="certification:scheme_preview").latest("pk").subject_ids == [c.pk for c in companies[:2]]


def test_what_the_last_application_says_counts_even_under_another_scheme(
    by: Any, office: Any, draft: SchemeVersion, companies: list[Company], first: Any
) -> None:
    """The office's word before the company's; points this scheme has no step for fall to the one below."""
    row = Application.objects.create(
        network_id=by.network_id, company=companies[0], scheme=SchemeVersion.objects.get(version=1), origin=Origin.COMPANY,
        level=Level.IMPRESA_SOLIDALE, state=ApplicationState.SUBMITTED, band="micro", submitted_on=TODAY, number="2026/000001",
    )  # fmt: skip
    for code, points, given in (("sicurezza", 2, 1), ("insieme", 2, None), ("riserva", 1, None)):
        reviewed = {"verdict": "changed", "points_given": given, "reviewed_by": by.actor} if given is not None else {}
        Answer.objects.create(network_id=by.network_id, application=row, criterion=code, points=points, **reviewed)
    bakery = office.get(at(draft, "scheme_preview")).context["lines"][0]
    assert dict(bakery["points"])["Sicurezza e regole"] == 3  # 2 ended, 1 the office gave
    assert (dict(bakery["points"])["Comunità e territorio"], dict(bakery["points"])["Accompagnamento e tutor"]) == (2, 1)


def compared(office: Any, draft: SchemeVersion, **query: str) -> Any:
    return office.get(at(draft, "scheme_compare"), query)


def test_two_schemes_on_the_same_companies(office: Any, draft: SchemeVersion, companies: list[Company], first: Any) -> None:
    """The draft asks Aderente for 5 points: the bakery (11) stays, the factory (2) loses."""
    services.set_levels(
        version=draft, seen=1, by=first,
        levels=tuple(type(rule)(**{**rule.__dict__, "total_minimum": max(rule.total_minimum, 5)}) for rule in shipped_scheme().levels),
    )  # fmt: skip
    answer = compared(office, draft)
    found = answer.context["found"]
    assert found.table == [[0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    assert (found.gained, found.lost, [line["subject"].name for line in answer.context["movers"]]) == (0, 1, ["Ghisa Prova"])
    assert [(group.name, group.companies, group.lost) for group, _cells in answer.context["sizes"]] == [
        ("micro, fino a 9 persone", 1, 0), ("media, da 50 a 249", 1, 1),
    ]  # fmt: skip
    assert compared(office, draft, con=str(SchemeVersion.objects.get(version=1).public_id), conta="massimo").status_code == 200
    assert compared(office, draft, con="00000000-0000-4000-8000-000000000000").status_code == 404


def cells(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_files(office: Any, draft: SchemeVersion, companies: list[Company]) -> None:
    """With names for the network; without them, and small numbers hidden, for whoever else (rule 88)."""
    head, bakery, factory = cells(office.get(at(draft, "scheme_compare_file", "csv")))
    assert (bakery[0], bakery[3:]) == ("Forno Prova", ["11", "Aderente", "11", "Aderente", "0"]) and factory[0] == "Ghisa Prova"
    outside = cells(office.get(at(draft, "scheme_outside_file", "csv")))
    text = json.dumps(outside)
    assert "Prova" not in text.replace("Impresasolidale", "") and "1" not in {cell for row in outside[1:] for cell in row}
    assert "pochi" in text
    for name in ("scheme_compare_file", "scheme_outside_file", "scheme_preview_file"):
        answer = office.get(at(draft, name, "xlsx"))
        assert answer.status_code == 200 and answer["Content-Type"].endswith("sheet")
        assert office.get(at(draft, name, "exe")).status_code == 404
    assert len(cells(office.get(at(draft, "scheme_preview_file", "csv")))) == 3
    assert Look.objects.filter(kind=Look.Kind.EXPORT, place="certification:scheme_compare_file").count() == 3


def test_as_many_statements_for_two_companies_as_for_forty(by: Any, office: Any, draft: SchemeVersion, companies: list[Company]) -> None:
    """List 8 for a preview, dashboard 12 for a comparison."""
    costs = []
    for more in (0, 40):
        for number in range(more):
            hosted(by, make_host(by, number=100 + number), make_beneficiary(by, number=100 + number), months=1)
        for name, most in (("scheme_preview", 8), ("scheme_compare", 12)):
            with OwnQueries() as own:
                assert office.get(at(draft, name)).status_code == 200
            assert len(own) <= most, own
            costs.append(len(own))
    assert costs[:2] == costs[2:]
