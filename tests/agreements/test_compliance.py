"""Covers, the register of communications, evidence of safety, places outside, copies and flags, through the doors users use."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError, NotReady, ReasonRequired
from impresasolidale.core.models import Deadline, Todo
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito, RuleBookVersion
from impresasolidale.territory.rules import Rules
from placements.agreements import services
from placements.agreements.compliance_rules import communication_due_on, communication_state, gaps, years_later
from placements.agreements.enums import CommunicationKind, CoverKind, Insurer, ItemKind, PlacementState, Sender
from placements.agreements.models import Communication, CopyHanded, Cover, Placement, ReadinessItem, SafetyEvidence
from placements.agreements.rules import Period
from placements.agreements.selectors import current_project
from placements.agreements.services.covers import BARE, CHECKS
from tests.factories.agreements import PDF, make_placement, scan, send_start, train_in_safety
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import TODAY, make_user
from tests.factories.hosts import make_company
from tests.factories.jobs import work_off

pytestmark = pytest.mark.django_db
S = PlacementState
DAY = timedelta(days=1)


@pytest.fixture
def access(worker: User) -> Access:
    return access_for(worker)


def inside(access: Access, make: Callable[[], Any]) -> Any:
    """What `make` builds, with the scope closed again before the client comes."""
    with scope(access.scope):
        return make()


def name_of(access: Access, placement: Placement) -> str:
    return inside(access, lambda: str(placement.beneficiary))


def light(placement: Placement, kind: str) -> str:
    return ReadinessItem.objects.get(placement=placement, kind=kind).light


# --- Pure


def test_gaps_by_hand() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    half = Period(start=first, to=date(2026, 6, 30))
    assert gaps([], first, last) == [Period(start=first, to=last)]
    assert gaps([half], first, last) == [Period(start=date(2026, 7, 1), to=last)]
    assert gaps([half, Period(start=date(2026, 7, 1))], first, last) == []
    assert gaps([Period(start=date(2026, 7, 2)), half], first, last) == [Period(start=date(2026, 7, 1), to=date(2026, 7, 1))]
    assert gaps([Period(start=date(2027, 1, 1))], first, last) == [Period(start=first, to=last)]


def test_days_and_states_of_a_communication_by_hand() -> None:
    day, rules = date(2026, 12, 1), Rules()
    assert communication_due_on(CommunicationKind.START, day, rules) == date(2026, 11, 30)
    assert communication_due_on(CommunicationKind.EARLY_END, day, rules) == date(2026, 12, 6)
    assert communication_due_on(CommunicationKind.CANCELLATION, day, rules) == day

    def state(sent_on: date | None, today: date) -> str:
        return communication_state(due_on=day, sent_on=sent_on, is_exempt=False, is_annulled=False, today=today)

    assert [state(None, day), state(None, day + DAY), state(day, day + DAY), state(day + DAY, day + DAY)] == [
        "due", "overdue", "sent", "late"
    ]  # fmt: skip
    assert years_later(date(2026, 3, 1), 5) == date(2031, 2, 28)
    assert years_later(date(2024, 2, 29), 5) == date(2029, 2, 28)


# --- Covers


def test_a_cover_that_ends_sooner_is_told_to_who_follows_the_placements(worker: User, access: Access, signed_in: Any) -> None:
    client, placement = signed_in(worker), inside(access, lambda: make_placement(access, S.ACTIVE))
    cover = inside(access, lambda: Cover.objects.get(kind=CoverKind.LIABILITY))
    url = reverse("agreements:shorten_cover", args=[cover.public_id])
    assert client.post(url, {"last_day": "2026-12-31", "reason": " "}).status_code == 422
    assert client.post(url, {"last_day": "2030-12-31", "reason": "Disdetta"}).status_code == 422
    work_off(*CHECKS)
    assert client.post(url, {"last_day": "2026-12-31", "reason": "Disdetta"}).status_code == 303
    page = client.get(reverse("agreements:covers")).content.decode()
    assert "Scoperto:" in page and name_of(access, placement) not in page and "Stiamo ricontrollando" in page
    work_off(CHECKS[0])
    assert "Stiamo ricontrollando" in client.get(reverse("agreements:covers")).content.decode()
    work_off(*CHECKS)
    page = client.get(reverse("agreements:covers")).content.decode()
    assert name_of(access, placement) in page and "Stiamo ricontrollando" not in page

    def asked() -> int:
        return Todo.objects.filter(kind__startswith="agreements.bare", subject_id=placement.pk, done_at=None).count()

    assert inside(access, asked) == 2
    assert inside(access, lambda: Deadline.objects.get(subject_id=cover.pk, closed_at=None).due_on) == date(2026, 12, 31)
    again = {"kind": "liability", "number": "RC 2", "insurer": "Mutua di Prova", "valid_from": "2027-01-01", "valid_to": "2028-12-31"}
    assert client.post(reverse("agreements:new_cover"), again).status_code == 303
    work_off(*CHECKS)
    assert inside(access, asked) == 0
    assert inside(access, lambda: light(placement, ItemKind.LIABILITY)) == "green"


def test_a_withdrawn_cover_covers_nothing(worker: User, stranger: User, access: Access, signed_in: Any) -> None:
    placement = inside(access, lambda: make_placement(access, S.SIGNED))
    cover = inside(access, lambda: Cover.objects.get(kind=CoverKind.INAIL))
    url = reverse("agreements:withdraw_cover", args=[cover.public_id])
    assert signed_in(stranger).post(url, {"reason": "x"}).status_code == 404
    assert signed_in(make_user(Role.COORDINATOR, Ambito.objects.get(pk=access.ambito_id))).post(url, {"reason": "x"}).status_code == 403
    client = signed_in(worker)
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Scritta per errore"}).status_code == 303
    assert client.post(url, {"reason": "Di nuovo"}).status_code == 409
    work_off(*CHECKS)
    assert inside(access, lambda: light(placement, ItemKind.INAIL)) == "red"


def test_a_host_that_insures_needs_a_cover_of_its_own(worker: User, access: Access, signed_in: Any) -> None:
    client = signed_in(worker)
    placement = inside(access, lambda: make_placement(access, S.DRAFT, inail_by=Insurer.HOST))
    assert inside(access, lambda: light(placement, ItemKind.INAIL)) == "red"
    company = inside(access, lambda: placement.company)
    wanted = f"{reverse('agreements:new_cover')}?tipo=inail&amp;impresa={company.public_id}&amp;tirocinio={placement.public_id}"
    assert wanted in client.get(reverse("agreements:detail", args=[placement.public_id])).content.decode()
    data = {"kind": "inail", "number": "PAT 1", "insurer": "INAIL", "valid_from": "2026-01-01", "valid_to": "2028-12-31"}
    other = inside(access, lambda: make_company(access))
    client.post(reverse("agreements:new_cover"), {**data, "company": other.public_id})
    work_off(*CHECKS)
    assert inside(access, lambda: light(placement, ItemKind.INAIL)) == "red"
    client.post(reverse("agreements:new_cover"), {**data, "company": company.public_id})
    work_off(*CHECKS)
    assert inside(access, lambda: light(placement, ItemKind.INAIL)) == "green"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["cover", "start", "check"])
def test_a_start_and_a_cover_that_is_withdrawn_never_miss_each_other(worker: User, first: str) -> None:
    """While the one's transaction is open the other comes: a start sees the cover as it is committed, the check waits for the start and
    sees it, a start waits for the check. No start without a cover, no bare placement unseen."""
    access = access_for(worker)
    with scope(access.scope):
        placement = make_placement(access, S.VALIDATED)
        cover = Cover.objects.get(kind=CoverKind.LIABILITY)
    work_off(*CHECKS)
    system = Access.system(network_id=access.network_id, ambito_id=access.ambito_id, reason="test")
    found: list[Any] = []

    def start() -> None:
        with scope(access.scope):
            services.activate_placement(placement=placement, by=system, today=placement.starts_on)

    def withdraw() -> None:
        with scope(access.scope):
            services.withdraw_cover(cover=cover, reason="Disdetta", by=access, today=placement.starts_on)

    def check() -> None:
        work_off(*CHECKS)

    def withdraw_and_check() -> None:
        withdraw()
        check()

    if first == "check":
        withdraw()
    mine, other = {"cover": (withdraw, start), "start": (start, withdraw_and_check), "check": (check, start)}[first]

    def run() -> None:
        try:
            other()
            found.append("done")
        except NotReady as error:
            found.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        mine()
        thread.start()
        thread.join(timeout=20 if first == "cover" else 1)
        waits = thread.is_alive()
    thread.join(timeout=20)
    check()
    with scope(access.scope):
        state = Placement.objects.get(pk=placement.pk).state
        assert light(placement, ItemKind.LIABILITY) == "red"
        asked = Todo.objects.filter(kind__startswith="agreements.bare", subject_id=placement.pk, done_at=None).count()
    assert waits == (first != "cover")
    if first == "check":
        assert state == S.VALIDATED and isinstance(found[0], NotReady)
    else:
        assert (state, found, asked) == (S.ACTIVE, ["done"], 2)


@pytest.mark.parametrize("over", ["ends", "cured"])
def test_who_is_over_or_covered_again_is_no_longer_on_a_desk_for_it(access: Access, over: str) -> None:
    def go() -> list[int]:
        placement = make_placement(access, S.ACTIVE)
        cover = Cover.objects.get(kind=CoverKind.LIABILITY)
        open_ones = Todo.objects.filter(kind__in=BARE, subject_id=placement.pk, done_at=None)
        services.shorten_cover(cover=cover, last_day=TODAY, reason="Disdetta", by=access, today=TODAY)
        work_off(*CHECKS)
        asked = open_ones.count()
        if over == "ends":
            services.end_placement(placement=placement, by=access, today=placement.ends_on + DAY)
        else:
            new = {"kind": CoverKind.LIABILITY, "number": "RC 2", "insurer": "Mutua di Prova"}
            services.add_cover(valid_from=TODAY + DAY, valid_to=cover.valid_to, by=access, today=TODAY, **new)
            work_off(*CHECKS)
        return [asked, open_ones.count()]

    assert inside(access, go) == [2, 0]


def test_a_cover_asks_as_many_questions_in_its_request_whatever_the_ambito_s_size(access: Access) -> None:
    def questions(number: int) -> int:
        new = {"kind": CoverKind.LIABILITY, "number": f"RC {number}", "insurer": "Mutua di Prova"}
        make_placement(access, S.ACTIVE, number=number)
        with CaptureQueriesContext(connection) as caught:
            cover = services.add_cover(valid_from=TODAY, valid_to=TODAY, by=access, today=TODAY, **new)
        cover.delete()
        return len(caught)

    assert inside(access, lambda: questions(1)) == inside(access, lambda: questions(2))


# --- The register


def test_the_register_of_communications(worker: User, stranger: User, access: Access, signed_in: Any) -> None:
    client = signed_in(worker)
    placement = inside(access, lambda: make_placement(access, S.TO_SIGN))
    row = inside(access, lambda: Communication.objects.get(placement=placement))
    assert (row.kind, row.due_on, row.is_open) == ("start", placement.starts_on - DAY, True)
    assert inside(access, lambda: Deadline.objects.get(kind="agreements.communication", closed_at=None).role) == Role.CLERK
    list_url, sent_url = reverse("agreements:communications"), reverse("agreements:communication_sent", args=[row.public_id])
    assert name_of(access, placement) in client.get(list_url).content.decode()
    assert signed_in(stranger).get(sent_url).status_code == 404
    today = timezone.localdate()
    assert client.post(sent_url, {"sent_on": "", "code": "A1"}).status_code == 422
    assert client.post(sent_url, {"sent_on": today + DAY, "code": "A1"}).status_code == 422
    assert client.post(sent_url, {"sent_on": today, "code": "A1"}).status_code == 303
    assert client.post(sent_url, {"sent_on": today, "code": "A2"}).status_code == 409
    assert name_of(access, placement) not in client.get(list_url).content.decode()
    assert "inviata in tempo" in client.get(list_url, {"stato": "sent"}).content.decode()
    annul = reverse("agreements:communication_annul", args=[row.public_id])
    assert client.post(annul, {"reason": ""}).status_code == 422
    assert client.post(annul, {"reason": "Codice sbagliato"}).status_code == 303
    again = inside(access, lambda: Communication.objects.get(placement=placement, annulled_at=None))
    exempt = reverse("agreements:communication_exempt", args=[again.public_id])
    assert client.post(exempt, {"motive": ""}).status_code == 422
    assert client.post(exempt, {"motive": "=Percorso terapeutico"}).status_code == 303
    file = client.get(reverse("agreements:communications_file"), {"stato": "all"})
    lines = file.getvalue().decode("utf-8-sig").splitlines()
    assert ";';" not in lines[1] + lines[2]  # what is empty stays empty
    assert len(lines) == 3 and "'=Percorso terapeutico" in lines[1] + lines[2] and file["Content-Type"].startswith("text/csv")


def test_a_late_communication_is_shown_as_it_is(worker: User, access: Access, signed_in: Any) -> None:
    client = signed_in(worker)
    start = timezone.localdate() - timedelta(days=7)

    def late() -> Communication:
        placement = make_placement(access, S.ACTIVE, starts_on=start)
        return Communication.objects.get(placement=placement)

    row = inside(access, late)
    assert "in ritardo di 8 giorni" in client.get(reverse("agreements:communications")).content.decode()
    client.post(reverse("agreements:communication_sent", args=[row.public_id]), {"sent_on": start + DAY, "code": "A1"})
    assert "inviata tardi di 2 giorni" in client.get(reverse("agreements:communications"), {"stato": "late"}).content.decode()
    assert inside(access, lambda: light(row.placement, ItemKind.COMMUNICATION)) == "amber"


def test_early_end_and_cancellation_are_told_too(worker: User, within: Any) -> None:
    access = within(worker)
    ended = make_placement(access, S.ENDED_EARLY, number=1)
    assert Communication.objects.get(placement=ended, kind="early_end").due_on == ended.ended_on + timedelta(days=5)
    told = make_placement(access, S.SIGNED, number=2)
    send_start(access, told, on=TODAY)
    services.withdraw_placement(placement=told, reason="Ha cambiato idea", by=access)
    assert set(Communication.objects.filter(placement=told, annulled_at=None).values_list("kind", flat=True)) == {"start", "cancellation"}
    untold = make_placement(access, S.TO_SIGN, number=3)
    services.withdraw_placement(placement=untold, reason="Ha cambiato idea", by=access)
    assert not Communication.objects.filter(placement=untold, annulled_at=None).exists()


def test_the_rule_book_may_switch_the_communication_off_or_make_it_block(worker: User, within: Any) -> None:
    access = within(worker)
    ambito = Ambito.objects.get(pk=access.ambito_id)
    for number, (start, severity) in enumerate(((date(2026, 12, 15), "off"), (date(2027, 1, 15), "block"))):
        RuleBookVersion.objects.create(
            network_id=ambito.network_id,
            ambito=ambito,
            valid_from=start,
            values={"severity": {"22": severity}},
            act="Prova",
            published_by="Prova",
        )
        placement = make_placement(access, S.TO_SIGN, number=number, starts_on=start)
        there = Communication.objects.filter(placement=placement).exists()
        found = ReadinessItem.objects.filter(placement=placement, kind=ItemKind.COMMUNICATION).first()
        assert (there, found and found.light) == ((False, None) if severity == "off" else (True, "red"))
    with pytest.raises(DomainError, match="non prevedono"):
        services.start_communication(placement=Placement.objects.get(starts_on=date(2026, 12, 15)), by=access)


def test_a_line_says_who_judged_it_not_due(worker: User, within: Any) -> None:
    access = within(worker)
    row = services.start_communication(placement=make_placement(access, S.DRAFT), by=access)
    row = services.record_exempt(communication=row, motive="Percorso terapeutico", by=access, today=TODAY)
    assert (row.sender, row.recorded_by, row.is_open) == (Sender.EXEMPT, worker, False)
    with pytest.raises(ReasonRequired):
        services.annul_communication(communication=row, reason=" ", by=access, today=TODAY)


# --- Evidence of safety


def test_evidence_is_asked_once_in_a_life(worker: User, stranger: User, access: Access, signed_in: Any) -> None:
    client = signed_in(worker)
    person = inside(access, lambda: make_beneficiary(access, number=1))
    company = inside(access, lambda: make_company(access, representative="Olga Prova", risk_class="medium"))
    first = inside(access, lambda: make_placement(access, S.DRAFT, person=person, company=company))
    url = reverse("agreements:safety_training", args=[first.public_id])
    assert "general_hours" in client.get(url).content.decode()
    data = {"done_on": "2026-01-05", "general_hours": "4", "specific_hours": "8", "risk_class": "medium", "certificate": scan()}
    assert client.post(url, {**data, "risk_class": "", "certificate": scan()}).status_code == 422
    assert client.post(url, data).status_code == 303
    assert inside(access, lambda: light(first, ItemKind.SAFETY_TRAINING)) == "green"
    assert "general_hours" not in client.get(url).content.decode()
    later = date(2027, 9, 1)
    second = inside(access, lambda: make_placement(access, S.DRAFT, person=person, company=company, starts_on=later))
    assert inside(access, lambda: light(second, ItemKind.SAFETY_TRAINING)) == "green"
    risky = inside(access, lambda: make_company(access, representative="Olga Prova", risk_class="high"))
    third = inside(access, lambda: make_placement(access, S.DRAFT, person=person, company=risky, starts_on=date(2028, 6, 1)))
    assert inside(access, lambda: light(third, ItemKind.SAFETY_TRAINING)) == "amber"
    page = reverse("agreements:safety", args=[person.public_id])
    assert "per sempre" in client.get(page).content.decode()
    specific = inside(access, lambda: SafetyEvidence.objects.get(beneficiary=person, kind="specific"))
    assert specific.valid_to == date(2031, 1, 4)
    assert b"".join(client.get(reverse("agreements:evidence_file", args=[specific.public_id])).streaming_content) == PDF
    annul = reverse("agreements:annul_evidence", args=[specific.public_id])
    assert signed_in(stranger).post(annul, {"reason": "x"}).status_code == 404
    assert client.post(annul, {"reason": ""}).status_code == 422
    assert client.post(annul, {"reason": "Di un'altra persona"}).status_code == 303
    assert inside(access, lambda: light(first, ItemKind.SAFETY_TRAINING)) == "amber"


def test_fitness_expires_and_reminds(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.DRAFT, needs_fitness=True)
    more: dict[str, Any] = {"provider": "", "certificate": None, "by": access, "today": TODAY}
    person = placement.beneficiary
    services.record_fitness(beneficiary=person, done_on=TODAY, valid_to=placement.starts_on - DAY, **more)
    assert light(placement, ItemKind.FITNESS) == "amber"
    services.record_fitness(beneficiary=person, done_on=TODAY, valid_to=placement.starts_on + DAY, **more)
    assert light(placement, ItemKind.FITNESS) == "green"
    ends = Deadline.objects.get(kind="agreements.fitness_expires", closed_at=None)
    assert (ends.due_on, ends.remind_days, ends.role) == (placement.starts_on + DAY, 60, Role.SOCIAL_WORKER)


# --- Places outside, replacement, copies


def test_places_outside_the_seat(worker: User, stranger: User, access: Access, signed_in: Any) -> None:
    client = signed_in(worker)
    placement = inside(access, lambda: make_placement(access, S.DRAFT, outside_activities="Consegne in paese"))
    assert inside(access, lambda: light(placement, ItemKind.OUTSIDE)) == "amber"
    url = reverse("agreements:outside", args=[placement.public_id])
    assert signed_in(stranger).get(url).status_code == 404
    assert client.post(url, {"kind": "deliveries", "address": "clienti in paese"}).status_code == 303
    place = inside(access, lambda: placement.outside_places.get())
    assert inside(access, lambda: light(placement, ItemKind.OUTSIDE)) == "amber"
    told = reverse("agreements:insurer_told", args=[place.public_id])
    assert client.post(told, {"told_on": "2999-01-01"}).status_code == 422
    assert client.post(told, {"told_on": timezone.localdate()}).status_code == 303
    assert inside(access, lambda: light(placement, ItemKind.OUTSIDE)) == "green"

    def printed() -> Any:
        issued = services.propose_placement(placement=Placement.objects.get(pk=placement.pk), by=access, today=TODAY)
        services.issue_papers(placement=issued, by=access, today=TODAY)
        return current_project(placement).document.context["outside_places"]

    assert inside(access, printed) == [["Consegne e commissioni", "clienti in paese", ""]]
    assert client.post(reverse("agreements:remove_outside", args=[place.public_id])).status_code == 303
    assert inside(access, lambda: light(placement, ItemKind.OUTSIDE)) == "amber"


def test_a_flag_of_replacement_is_raised_and_cleared(worker: User, access: Access, signed_in: Any) -> None:
    tutor = make_user(Role.PROMOTER_TUTOR, Ambito.objects.get(pk=access.ambito_id))
    placement = inside(access, lambda: make_placement(access, S.ACTIVE, promoter_tutor=tutor))
    url = reverse("agreements:replacement", args=[placement.public_id])
    educator = signed_in(tutor)
    assert educator.post(url, {"reason": ""}).status_code == 422
    assert educator.post(url, {"reason": "Era sola al banco"}).status_code == 303
    assert inside(access, lambda: light(placement, ItemKind.REPLACEMENT)) == "amber"
    assert educator.get(url).status_code == 403
    client = signed_in(worker)
    assert "Era sola al banco" in client.get(url).content.decode()
    assert client.post(url, {"outcome": ""}).status_code == 422
    assert client.post(url, {"outcome": "Il tutor era in pausa"}).status_code == 303
    assert inside(access, lambda: light(placement, ItemKind.REPLACEMENT)) == "green"


def test_three_copies(worker: User, stranger: User, access: Access, signed_in: Any) -> None:
    client = signed_in(worker)
    placement = inside(access, lambda: make_placement(access, S.TO_SIGN))
    document = inside(access, lambda: current_project(placement).document)
    url = reverse("agreements:copies", args=[document.public_id])
    assert signed_in(stranger).get(url).status_code == 404
    assert client.post(url, {"host": "2020-01-01"}).status_code == 422
    assert client.post(url, {"host": "2999-01-01"}).status_code == 422
    assert client.post(url, {"host": TODAY, "trainee": TODAY}).status_code == 303
    assert inside(access, lambda: dict(CopyHanded.objects.values_list("holder", "handed_on"))) == {"host": TODAY, "trainee": TODAY}
    assert client.post(url, {"host": TODAY}).status_code == 303
    assert inside(access, lambda: CopyHanded.objects.count()) == 1
    assert "da consegnare" in client.get(reverse("agreements:duties", args=[placement.public_id])).content.decode()


def test_a_blocked_start_is_explained_and_cured(worker: User, access: Access, signed_in: Any) -> None:
    """A red item says why, cites its rule, and its button opens the form that puts it right."""
    client = signed_in(worker)
    placement = inside(access, lambda: make_placement(access, S.VALIDATED))
    cover = inside(access, lambda: Cover.objects.get(kind=CoverKind.INAIL))
    client.post(reverse("agreements:withdraw_cover", args=[cover.public_id]), {"reason": "Scritta per errore"})
    work_off(*CHECKS)
    system = Access.system(network_id=access.network_id, ambito_id=access.ambito_id, reason="test")
    with pytest.raises(NotReady, match="INAIL"):
        inside(access, lambda: services.activate_placement(placement=placement, by=system, today=placement.starts_on))
    page = client.get(reverse("agreements:detail", args=[placement.public_id])).content.decode()
    fix = f"{reverse('agreements:new_cover')}?tipo=inail&tirocinio={placement.public_id}"
    assert "nessuna posizione INAIL dell&#x27;ente promotore è attiva" in page and fix.replace("&", "&amp;") in page and "19" in page
    data = {"kind": "inail", "number": "PAT 1", "insurer": "INAIL", "valid_from": "2026-01-01", "valid_to": "2028-12-31"}
    answer = client.post(fix, data)
    assert (answer.status_code, answer["Location"]) == (303, reverse("agreements:detail", args=[placement.public_id]))
    assert inside(access, lambda: light(placement, ItemKind.INAIL)) == "green"  # this one at once: the job of the others has not run
    row = inside(access, lambda: services.activate_placement(placement=placement, by=system, today=placement.starts_on))
    assert row.state == S.ACTIVE


def test_query_budgets_of_the_small_pages(worker: User, access: Access, signed_in: Any, django_assert_max_num_queries: Any) -> None:
    client = signed_in(worker)
    placement = inside(access, lambda: make_placement(access, S.TO_SIGN))
    inside(access, lambda: train_in_safety(access, placement))
    for url in (
        reverse("agreements:duties", args=[placement.public_id]),
        reverse("agreements:safety", args=[placement.beneficiary.public_id]),
        reverse("agreements:outside", args=[placement.public_id]),
    ):
        client.get(url)
        with django_assert_max_num_queries(22):  # ten of its own, and the fixed ones of every request
            assert client.get(url).status_code == 200
