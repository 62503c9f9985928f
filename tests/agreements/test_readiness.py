"""The start light's rows: written from the facts, kept when nothing changed, waived with a reason."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import User
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.models import Deadline, Fact, Job, RowChange
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito, RuleBookVersion
from placements.agreements import readiness, services
from placements.agreements.enums import CoverKind, ItemKind, PlacementState, Sender
from placements.agreements.models import Communication, Cover, Placement, ReadinessItem
from placements.beneficiaries.enums import ReferringService, RepresentativeKind
from placements.beneficiaries.models import Representative
from tests.factories.agreements import make_covers, make_placement, record_all_facts, second_key
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import TODAY
from tests.factories.hosts import make_company, make_tutor
from tests.factories.jobs import work_off
from tests.factories.training import train

pytestmark = pytest.mark.django_db
S = PlacementState


def lights(placement: Placement) -> dict[str, str]:
    return {item.kind: item.light for item in ReadinessItem.objects.filter(placement=placement)}


def test_a_draft_shows_what_is_missing(worker: User, within: Any) -> None:
    placement = make_placement(within(worker), S.DRAFT, green=False)
    found = lights(placement)
    assert len(found) == len(ItemKind.values)
    assert {kind for kind, light in found.items() if light == "red"} == {
        ItemKind.AGREEMENT,
        ItemKind.PROJECT,
        ItemKind.INAIL,
        ItemKind.LIABILITY,
    }
    assert {kind for kind, light in found.items() if light == "amber"} == {
        ItemKind.COMMUNICATION,
        ItemKind.SAFETY_TRAINING,
        ItemKind.TRAINED_TUTOR,
        ItemKind.FUNDING,
    }


def test_the_light_is_stored_in_italian_and_read_in_the_reader_s_language(worker: User, signed_in: Any, within: Any) -> None:
    placement = make_placement(within(worker), S.DRAFT, green=False)
    page = reverse("agreements:detail", args=[placement.public_id])
    client = signed_in(worker)
    assert "Indicati tutti e due." in client.get(page).content.decode()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    with translation.override("it"):  # the request leaves its language behind
        assert "Both named." in client.get(page).content.decode()


def test_all_green(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.VALIDATED, trained=True)
    record_all_facts(access, placement)
    assert set(lights(placement).values()) == {"green"}


def test_a_cover_turns_the_lights_it_touches(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.DRAFT, green=False)
    cover = {"number": "1", "insurer": "Mutua di Prova", "by": access, "today": TODAY}
    services.add_cover(kind=CoverKind.LIABILITY, valid_from=TODAY, valid_to=placement.ends_on - timedelta(days=1), **cover)
    work_off()
    assert lights(placement)[ItemKind.LIABILITY] == "red"
    services.add_cover(kind=CoverKind.LIABILITY, valid_from=placement.ends_on, valid_to=placement.ends_on, **cover)
    work_off()
    assert lights(placement)[ItemKind.LIABILITY] == "green"
    assert lights(placement)[ItemKind.INAIL] == "red"
    assert Deadline.objects.filter(kind="agreements.cover_expires", closed_at=None).count() == 1  # the second follows the first


def test_a_training_turns_the_light_with_the_nightly_job(worker: User, within: Any) -> None:
    access = within(worker)
    company = make_company(access, representative="Olga Prova")
    tutor = make_tutor(access, company)
    placement = make_placement(access, S.DRAFT, company=company, tutor=tutor)
    train(access, tutor, date(2026, 11, 1))
    Job.objects.all().delete()
    enqueue("agreements.refresh_all", by=Access.system(network_id=access.network_id, ambito_id=None, reason="test"))
    work_off()
    assert lights(placement)[ItemKind.TRAINED_TUTOR] == "green"


def test_the_nightly_job_judges_each_placement_once_and_never_holds_more_than_a_piece(
    worker: User, within: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is judged is locked as long as the job runs: a tap waits for a piece, not for all (it waited for 12,400 of an Ambito's)."""
    monkeypatch.setattr(readiness, "PIECE", 2)
    access = within(worker)
    company = make_company(access, representative="Olga Prova")
    tutor = make_tutor(access, company)
    made = [make_placement(access, S.SIGNED, number=number, company=company, tutor=tutor) for number in range(1, 6)]
    Cover.objects.all().delete()
    Job.objects.all().delete()
    enqueue("agreements.refresh_all", by=Access.system(network_id=access.network_id, ambito_id=None, reason="test"))
    pieces = [row.arguments["placement_ids"] for row in work_off() if row.name == "agreements.refresh_some"]
    assert [len(ids) for ids in pieces] == [2, 2, 1] and [pk for ids in pieces for pk in ids] == [p.pk for p in made]
    assert {lights(placement)[ItemKind.INAIL] for placement in made} == {"red"}


def test_a_training_judges_whom_the_tutor_follows_and_nobody_else(worker: User, stranger: User, signed_in: Any) -> None:
    """In every Ambito, though the office of one wrote it down."""
    here, there = access_for(worker), access_for(stranger)
    with scope(here.scope):
        company = make_company(here, representative="Olga Prova")
        tutor, other = make_tutor(here, company), make_tutor(here, company)
        mine = make_placement(here, S.DRAFT, company=company, tutor=tutor)
        make_placement(here, S.DRAFT, number=2, company=company, tutor=other)
    with scope(there.scope):
        theirs = make_placement(there, S.DRAFT, number=3, company=company, tutor=tutor)
    Job.objects.all().delete()
    values = {"kind": "initial", "title": "Corso per tutor", "issuer": "Ente di prova", "minutes": "12", "completed_on": "2026-11-01"}
    page = reverse("training:recognise", args=[tutor.public_id])
    assert signed_in(worker).post(page, {**values, "_submission": str(uuid4())}).status_code == 303
    judged = [(row.ambito_id, row.arguments["placement_ids"]) for row in work_off() if row.name == "agreements.refresh_some"]
    assert judged == [(here.ambito_id, [mine.pk]), (there.ambito_id, [theirs.pk])]
    with scope(there.scope):
        assert lights(theirs)[ItemKind.TRAINED_TUTOR] == "green"


def test_a_validation_judges_who_shares_person_host_or_tutors(worker: User, coordinator: User, within: Any) -> None:
    access = within(worker)
    company = make_company(access, representative="Olga Prova")
    tutor = make_tutor(access, company)
    near = make_placement(access, S.DRAFT, number=2, company=company, tutor=tutor)
    far = make_placement(access, S.DRAFT, number=3, promoter_tutor=coordinator)
    row = make_placement(access, S.SIGNED, company=company, tutor=tutor)
    Job.objects.all().delete()
    services.validate_placement(placement=row, by=second_key(access), today=TODAY)
    judged = {pk for job in work_off() if job.name == "agreements.refresh_some" for pk in job.arguments["placement_ids"]}
    assert judged == {near.pk, row.pk} and far.pk not in judged


def test_nothing_is_written_when_nothing_changed(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.VALIDATED)
    before = RowChange.objects.filter(table_name="agreements_readinessitem").count()
    when = ReadinessItem.objects.get(placement=placement, kind=ItemKind.PROJECT).satisfied_at
    readiness.refresh_readiness(placement=placement, by=access, today=TODAY + timedelta(days=1))
    assert RowChange.objects.filter(table_name="agreements_readinessitem").count() == before
    assert ReadinessItem.objects.get(placement=placement, kind=ItemKind.PROJECT).satisfied_at == when


def test_the_same_queries_for_one_and_for_many(worker: User, within: Any) -> None:
    access = within(worker)
    company = make_company(access, representative="Olga Prova")
    tutor = make_tutor(access, company)

    def queries() -> int:
        """With something to write for every placement: its cover is gone."""
        make_covers(access)
        Cover.objects.all().delete()
        with CaptureQueriesContext(connection) as caught:
            readiness.refresh_where(by=access, today=TODAY)
        return len(caught)

    make_placement(access, S.SIGNED, number=1, company=company, tutor=tutor)
    one = queries()
    for number in range(2, 6):
        make_placement(access, S.SIGNED, number=number, company=company, tutor=tutor)
    assert queries() == one <= 25


def test_the_tutors_load_counts_who_runs_in_the_same_days(worker: User, within: Any) -> None:
    access = within(worker)
    company = make_company(access, representative="Olga Prova")
    tutor = make_tutor(access, company)
    for number in (1, 2, 3):
        make_placement(access, S.VALIDATED, number=number, company=company, tutor=tutor)
    fourth = make_placement(access, S.DRAFT, number=4, company=company, tutor=tutor)
    assert lights(fourth)[ItemKind.TUTOR_LOAD] == "amber"
    later = make_placement(access, S.DRAFT, number=5, company=company, tutor=tutor, starts_on=date(2028, 1, 10), ends_on=date(2028, 3, 1))
    assert lights(later)[ItemKind.TUTOR_LOAD] == "green"


def test_months_of_other_placements_are_added(worker: User, within: Any) -> None:
    access = within(worker)
    person = make_beneficiary(access, number=1)
    make_placement(access, S.VALIDATED, person=person, starts_on=date(2026, 12, 1), ends_on=date(2027, 11, 30))  # 12 months
    second = make_placement(access, S.DRAFT, person=person, starts_on=date(2027, 12, 1), ends_on=date(2028, 11, 30))  # 24 in all
    assert lights(second)[ItemKind.LENGTH] == "amber"
    third = make_placement(access, S.DRAFT, person=person, starts_on=date(2027, 12, 1), ends_on=date(2028, 12, 1))  # 25
    assert lights(third)[ItemKind.LENGTH] == "red"
    assert ReadinessItem.objects.get(placement=third, kind=ItemKind.LENGTH).rule == 8


def test_a_minors_parent_signs(worker: User, within: Any) -> None:
    access = within(worker)
    person = make_beneficiary(access, number=1, born=date(2010, 1, 5))
    alone = make_placement(access, S.PROPOSED, person=person)
    assert lights(alone)[ItemKind.REPRESENTATIVE] == "red"
    with pytest.raises(DomainError, match="minorenne"):
        services.issue_papers(placement=alone, by=access, today=TODAY)
    Representative.objects.create(
        ambito_id=access.ambito_id,
        beneficiary=person,
        kind=RepresentativeKind.PARENT,
        first_name="Rosa",
        last_name="Prova",
        valid_from=date(2020, 1, 1),
    )
    services.issue_papers(placement=alone, by=access, today=TODAY)
    assert "Rosa Prova" in ReadinessItem.objects.get(placement=alone, kind=ItemKind.REPRESENTATIVE).why
    signed = make_placement(access, S.SIGNED, person=person)
    assert lights(signed)[ItemKind.REPRESENTATIVE] == "green"


def test_a_health_service_signs_apart_and_is_not_named_on_the_paper(worker: User, within: Any) -> None:
    from placements.agreements.selectors import current_project

    access = within(worker)
    charge = {"service": ReferringService.SERD, "case_manager": "Nives Prova", "valid_from": date(2026, 1, 1)}
    person = make_beneficiary(access, number=1, charge=charge)
    placement = make_placement(access, S.TO_SIGN, person=person)
    context = current_project(placement).document.context
    assert [s["code"] for s in context["signers"]] == ["promoter", "host", "person", "service"]
    assert "SerD" not in str(context) and "dipendenze" not in str(context)


# --- Waivers


def test_a_waiver_needs_a_reason_and_stays(worker: User, coordinator: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.VALIDATED)
    by = access_for(coordinator)
    waive = {"placement": placement, "kind": ItemKind.TRAINED_TUTOR}
    with pytest.raises(ReasonRequired):
        readiness.waive_item(**waive, reason=" ", by=by)
    with pytest.raises(PermissionDenied):
        readiness.waive_item(**waive, reason="Corso a gennaio", by=access)
    readiness.waive_item(**waive, reason="Corso a gennaio", by=by)
    readiness.refresh_readiness(placement=placement, by=access, today=TODAY)
    item = ReadinessItem.objects.get(**waive)
    assert (item.waived_by, item.reason, item.is_open, item.light) == (coordinator, "Corso a gennaio", False, "green")
    with pytest.raises(DomainError, match="già a posto"):
        readiness.waive_item(**waive, reason="Ancora", by=by)


def test_a_waiver_with_a_day_is_over_after_it(worker: User, coordinator: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.VALIDATED)
    by, until = access_for(coordinator), TODAY + timedelta(days=10)
    waive = {"placement": placement, "kind": ItemKind.TRAINED_TUTOR, "reason": "Corso a gennaio", "by": by, "today": TODAY}
    with pytest.raises(DomainError, match="già passato") as refused:
        readiness.waive_item(**waive, until=TODAY - timedelta(days=1))
    assert refused.value.field == "until"
    readiness.waive_item(**waive, until=until)
    readiness.refresh_readiness(placement=placement, by=access, today=until)
    assert lights(placement)[ItemKind.TRAINED_TUTOR] == "green"
    readiness.refresh_where(by=access, today=until + timedelta(days=1))
    assert lights(placement)[ItemKind.TRAINED_TUTOR] == "amber"
    item = ReadinessItem.objects.get(placement=placement, kind=ItemKind.TRAINED_TUTOR)
    assert (item.waived_by, item.reason, item.waived_until) == (None, "", None)
    fact = Fact.objects.get(code="agreements.readiness.waiver_lapsed")
    assert (fact.subject_id, fact.reason, fact.data["waived_by"], fact.data["until"]) == (
        placement.pk, "Corso a gennaio", coordinator.pk, str(until),
    )  # fmt: skip


def test_the_loads_count_who_runs_in_the_same_days(worker: User, within: Any) -> None:
    access = within(worker)
    company = make_company(access, representative="Olga Prova", staff_count=12)
    for number in (1, 2):
        make_placement(access, S.VALIDATED, number=number, company=company, tutor=make_tutor(access, company))
    third = make_placement(access, S.DRAFT, number=3, company=company, tutor=make_tutor(access, company))
    items = {item.kind: item for item in ReadinessItem.objects.filter(placement=third)}
    assert items[ItemKind.HOST_LOAD].light == "amber" and "accoglierebbe 3" in items[ItemKind.HOST_LOAD].why
    assert items[ItemKind.PROMOTER_LOAD].light == "green" and "ne seguirebbe 3" in items[ItemKind.PROMOTER_LOAD].why


def test_the_loads_of_host_and_tutor_count_every_ambito(worker: User, stranger: User, within: Any) -> None:
    """A host and its tutor belong to the network: who another office placed there takes a place too, and nobody sees who it is."""
    there = within(stranger)
    company = make_company(there, representative="Olga Prova", staff_count=3)
    tutor = make_tutor(there, company)
    make_placement(there, S.VALIDATED, company=company, tutor=tutor)
    here = within(worker)
    mine = make_placement(here, S.DRAFT, number=2, company=company, tutor=tutor)
    words = {item.kind: item.why for item in ReadinessItem.objects.filter(placement=mine)}
    assert "accoglierebbe 2" in words[ItemKind.HOST_LOAD]
    assert "ne seguirebbe 2" in words[ItemKind.TUTOR_LOAD]
    assert "ne seguirebbe 1" in words[ItemKind.PROMOTER_LOAD]  # the promoter's tutor is the office's own


def test_hard_rules_are_not_waived(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.DRAFT, green=False)
    for kind in (ItemKind.INAIL, ItemKind.AGREEMENT, ItemKind.COMMUNICATION):
        with pytest.raises(DomainError, match="obbligo di legge"):
            readiness.waive_item(placement=placement, kind=kind, reason="Fretta", by=second_key(access))


def test_severity_comes_from_the_rule_book_of_the_start(worker: User, within: Any) -> None:
    access = within(worker)
    ambito = Ambito.objects.get(pk=access.ambito_id)
    first = make_placement(access, S.DRAFT, number=1)
    RuleBookVersion.objects.create(
        network_id=ambito.network_id,
        ambito=ambito,
        valid_from=date(2026, 12, 15),
        values={"severity": {"91": "block", "92": "off"}},
        act="Prova",
        published_by="Prova",
    )
    second = make_placement(access, S.DRAFT, number=2, starts_on=date(2026, 12, 15))
    readiness.refresh_where(by=access, today=TODAY)
    assert (lights(first)[ItemKind.TRAINED_TUTOR], lights(second)[ItemKind.TRAINED_TUTOR]) == ("amber", "red")
    assert ItemKind.TUTOR_LOAD in lights(first) and ItemKind.TUTOR_LOAD not in lights(second)


# --- Facts recorded one at a time


def test_the_communication_of_the_start(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.DRAFT)
    row = services.start_communication(placement=placement, by=access)
    assert (row.due_on, row.sender) == (placement.starts_on - timedelta(days=1), Sender.HOST)

    def record(**values: Any) -> Communication:
        return services.record_sent(communication=row, by=access, today=TODAY, **{"sent_on": TODAY, "code": "C-1", **values})

    for wrong, field in (({"sent_on": TODAY + timedelta(days=1)}, "sent_on"), ({"code": " "}, "code")):
        with pytest.raises(DomainError) as refusal:
            record(**wrong)
        assert refusal.value.field == field
    record()
    assert lights(placement)[ItemKind.COMMUNICATION] == "green"
    with pytest.raises(Conflict):
        record()  # it has gone already
    services.annul_communication(communication=row, reason="Codice sbagliato", by=access, today=TODAY)
    assert lights(placement)[ItemKind.COMMUNICATION] == "amber"
    again = Communication.objects.get(placement=placement, annulled_at=None)
    with pytest.raises(DomainError, match="perché"):
        services.record_exempt(communication=again, motive=" ", by=access, today=TODAY)
    services.record_exempt(communication=again, motive="Percorso solo terapeutico", by=access, today=TODAY)
    assert lights(placement)[ItemKind.COMMUNICATION] == "green"


def test_fitness_and_training_refuse_days_to_come(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.DRAFT)
    person, to_come = placement.beneficiary, TODAY + timedelta(days=1)
    more: dict[str, Any] = {"provider": "", "certificate": None, "by": access, "today": TODAY}
    with pytest.raises(DomainError, match="deve ancora venire"):
        services.record_fitness(beneficiary=person, done_on=to_come, valid_to=None, **more)
    with pytest.raises(DomainError, match="deve ancora venire"):
        services.record_training(beneficiary=person, done_on=to_come, general_hours=4, specific_hours=None, risk_class="", **more)
    with pytest.raises(DomainError, match="classe di rischio"):
        services.record_training(beneficiary=person, done_on=TODAY, general_hours=4, specific_hours=4, risk_class="", **more)
    services.set_fitness_needed(placement=placement, needed=True, row_version=placement.row_version, by=access, today=TODAY)
    assert lights(placement)[ItemKind.FITNESS] == "amber"
    with pytest.raises(Conflict):
        services.set_fitness_needed(placement=placement, needed=False, row_version=placement.row_version, by=access, today=TODAY)


def test_nothing_is_recorded_after_the_end(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.CLOSED)
    with pytest.raises(Conflict):
        services.set_fitness_needed(placement=placement, needed=False, row_version=placement.row_version, by=access, today=TODAY)
