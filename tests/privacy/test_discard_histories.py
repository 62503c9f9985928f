"""Random lives of people, told twice: the rule worked out here by hand, and what the program lists and then really discards."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from impresasolidale.privacy import rules
from impresasolidale.privacy.enums import RetentionKind
from impresasolidale.privacy.models import DataRequest, DiscardItem, DiscardOutcome, LegalHold
from impresasolidale.privacy.services import retention as services
from placements.agreements.enums import OVER
from placements.agreements.models import Placement
from placements.beneficiaries.models import Beneficiary, Referral, TakingInCharge, WaitingEntry
from solidarity_fund.models import BenefitRequest
from tests.factories.fixtures import TODAY
from tests.factories.fund import make_helped
from tests.privacy.test_discard import run_jobs

ACT = "Piano di conservazione, delibera 12 del 2026"
MONTHS = 120
EDGE = rules.last_day_over(MONTHS, TODAY)  # the last day that is over


@dataclass
class Life:
    """What happened to one person, as plain values."""

    ended: list[date] = field(default_factory=list)
    works: bool = False
    helped: list[date] = field(default_factory=list)
    helps: bool = False
    charges: list[date | None] = field(default_factory=list)
    waits: list[date | None] = field(default_factory=list)
    referrals: list[date | None] = field(default_factory=list)
    holds: list[tuple[date | None, bool]] = field(default_factory=list)  # (until, lifted)
    asked: bool = False

    def is_due(self, kind: str) -> bool:
        """The rule by hand: all that happened is over for the whole term, nothing is open, nobody holds her and she has asked nothing."""
        if any(not lifted and (until is None or until >= TODAY) for until, lifted in self.holds) or self.asked:
            return False
        if kind == RetentionKind.ATTENDANCE:
            return not self.works and bool(self.ended) and max(self.ended) <= EDGE
        if kind == RetentionKind.HELP:
            return not self.helps and bool(self.helped) and max(self.helped) <= EDGE
        days = [*self.ended, *self.helped, *self.charges, *self.waits, *self.referrals]
        if self.works or self.helps or None in days or self.ended or self.helped:  # what has other papers waits for them
            return False
        return bool(days) and max(day for day in days if day) <= EDGE


def some_day(rng: random.Random) -> date:
    """Mostly near the edge, where mistakes are."""
    return EDGE + timedelta(days=rng.choice([-400, -30, -1, 0, 1, 30, 400, rng.randint(-4000, 3000)]))


def live(rng: random.Random) -> Life:
    life, few = Life(), lambda most, chance: range(rng.randint(1, most) if rng.random() < chance else 0)
    life.ended = [some_day(rng) for _ in few(2, 0.6)]
    life.works = rng.random() < 0.15
    life.helped = [some_day(rng) for _ in few(2, 0.3)] if life.ended or life.works else []
    life.helps = bool(life.helped) and rng.random() < 0.2
    life.charges = [some_day(rng) for _ in few(2, 0.5)]
    if rng.random() < 0.1:
        life.charges.append(None)
    life.waits = [some_day(rng) if rng.random() < 0.9 else None for _ in few(1, 0.3)]
    life.referrals = [some_day(rng) if rng.random() < 0.9 else None for _ in few(1, 0.3)]
    life.holds = [
        (rng.choice([None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=9)]), rng.random() < 0.5) for _ in few(2, 0.25)
    ]
    life.asked = rng.random() < 0.1
    return life


def settle(access, model: Placement, lives: list[Life], first: int) -> list[Beneficiary]:
    """The same lives as rows."""
    like, own = model.beneficiary, {"ambito_id": access.ambito_id}
    people = Beneficiary.objects.bulk_create(
        Beneficiary(
            **own, first_name="Prova", last_name=f"Storia{first + n}", search_key=f"storia{first + n} prova",
            codice_fiscale=f"STR{first + n:013d}",
            codice_fiscale_hash=f"{first + n:064d}", birth_date=date(1990, 1, 9), sex="F",
            birthplace=like.birthplace, residence=like.residence,
            residence_ambito_id=like.residence_ambito_id, target_area=like.target_area,
        )
        for n in range(len(lives))
    )  # fmt: skip
    copied = ("company_id", "site_id", "company_tutor_id", "promoter_tutor_id", "agreement_id", "rulebook_id")
    where = {**own, **{name: getattr(model, name) for name in copied}}
    placements, help_rows, charges, waits, referrals, holds, asked = [], [], [], [], [], [], []
    for person, life in zip(people, lives, strict=True):
        for number, day in enumerate(life.ended):
            placements.append(
                Placement(**where, beneficiary=person, state=OVER[number], starts_on=day - timedelta(days=90), ends_on=day, ended_on=day)
            )
        if life.works:
            placements.append(Placement(**where, beneficiary=person, state="draft", starts_on=TODAY, ends_on=TODAY + timedelta(days=90)))
        charges += [
            TakingInCharge(
                **own, beneficiary=person, service="social_service", case_manager="Prova", valid_from=date(1999, 1, 1), valid_to=day
            )
            for day in life.charges
        ]
        waits += [
            WaitingEntry(
                **own,
                beneficiary=person,
                since=date(1999, 1, 1),
                state="removed" if day else "waiting",
                left_on=day,
                left_why="moved" if day else "",
            )
            for day in life.waits
        ]
        referrals += [
            Referral(
                **own, beneficiary=person, service="social_service", operator="Prova", received_on=date(1999, 1, 1),
                outcome="accepted" if day else "", outcome_on=day,
            )
            for day in life.referrals
        ]  # fmt: skip
        holds += [
            LegalHold(
                **own,
                beneficiary=person,
                reason="Ricorso",
                until=until,
                lifted_on=TODAY if lifted else None,
                lifted_reason="Deciso" if lifted else "",
            )
            for until, lifted in life.holds
        ]
        if life.asked:
            asked.append(
                DataRequest(
                    **own, beneficiary=person, kind="access", asker="person", channel="desk", received_on=TODAY, identity_check="Vista",
                    due_on=TODAY + timedelta(days=30),
                )
            )  # fmt: skip
    for kind, rows in (
        (Placement, placements),
        (TakingInCharge, charges),
        (WaitingEntry, waits),
        (Referral, referrals),
        (LegalHold, holds),
        (DataRequest, asked),
    ):
        kind.objects.bulk_create(rows, batch_size=500)
    placed = {row.beneficiary_id: row for row in placements}
    noon = lambda day: timezone.make_aware(datetime.combine(day, time(12)))  # noqa: E731
    for person, life in zip(people, lives, strict=True):
        common = {
            **own, "beneficiary": person, "rulebook_id": model.rulebook_id, "kind": BenefitRequest.Kind.values[0], "asked_amount": 10,
            "amount": 10,
        }  # fmt: skip
        for day in life.helped:
            decided = {"decided_at": noon(day), "decided_by_id": access.actor_id, "state": "refused", "decision_reason": "No"}
            help_rows.append(BenefitRequest(**common, **decided, placement=placed[person.pk], asked_on=day - timedelta(days=5)))
        if life.helps:
            help_rows.append(BenefitRequest(**common, placement=placed[person.pk], asked_on=date(1999, 1, 1)))
    BenefitRequest.objects.bulk_create(help_rows, batch_size=500)
    return people


def rows_of(people) -> dict[int, str]:
    """Person → a digest of her rows that a discarding of any kind would change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.id, md5(b::text || coalesce((SELECT string_agg(c::text, '|' ORDER BY c.id) FROM beneficiaries_takingincharge c"
            " WHERE c.beneficiary_id = b.id), '') || coalesce((SELECT string_agg(r::text, '|' ORDER BY r.id)"
            " FROM solidarity_fund_benefitrequest r WHERE r.beneficiary_id = b.id), ''))"
            " FROM beneficiaries_beneficiary b WHERE b.id = ANY (%s)",
            [[person.pk for person in people]],
        )
        return dict(cursor.fetchall())


ROUND = 100
SEEDS = [*range(2), *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(2, 100))]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.django_db
def test_nobody_younger_than_the_term_is_touched_and_the_dry_run_is_what_is_done(within, coordinator, dpo, seed):
    rng, access = random.Random(seed), within(coordinator)
    kind = (RetentionKind.ATTENDANCE, RetentionKind.CASE_FILE, RetentionKind.HELP)[seed % 3]
    model = make_helped(access, number=1)
    lives = [live(rng) for _ in range(ROUND)]
    people = settle(access, model, lives, first=10)
    services.set_term(kind=kind, months=MONTHS, act=ACT, by=access)
    by_hand = {person.pk for person, life in zip(people, lives, strict=True) if life.is_due(kind)}
    assert 0 < len(by_hand) < ROUND - 20
    row = services.prepare_list(kind=kind, by=access, today=TODAY)
    assert {*DiscardItem.objects.filter(discard=row).values_list("beneficiary_id", flat=True)} == by_hand
    row = services.approve_list(discard=row, number="7", on=TODAY, seen=1, by=within(dpo), today=TODAY)
    # Something happens to some of them before it is carried out.
    access = within(coordinator)
    for person, life in zip(people, lives, strict=True):
        if rng.random() < 0.2:
            life.holds.append((None, False))
            services.place_hold(person=person, reason="Ricorso", until=None, by=access, today=TODAY)
    wanted = {person.pk for person, life in zip(people, lives, strict=True) if life.is_due(kind)}
    assert wanted <= by_hand
    before = rows_of(people)
    services.start_list(discard=row, seen=2, by=within(dpo))
    run_jobs()
    within(coordinator)
    done = {*DiscardOutcome.objects.filter(is_done=True).values_list("item__beneficiary_id", flat=True)}
    assert done == wanted
    after = rows_of(people)
    changed = {pk for pk in before if before[pk] != after[pk]}
    assert changed <= wanted
    assert changed == (set() if kind == RetentionKind.ATTENDANCE else wanted)  # the sheets' words are not among these rows
    assert DiscardOutcome.objects.filter(is_done=False).count() == len(by_hand - wanted)
