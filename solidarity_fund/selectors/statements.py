"""Statements, their lines, what each line may be, and the bank beside the ledger: for who records contributions."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Account, Entry, Leg, Pot

from .. import matching_rules as rules
from ..giving_rules import is_notice, iuv_of
from ..models import (
    BankLine,
    BankStatement,
    BenefitPayee,
    Contribution,
    Donor,
    FundHolder,
    Instalment,
    MoneyBack,
    Pledge,
    StatementFile,
    StatementLayout,
)
from .contributions import CONTRIBUTION_TYPE
from .holder import pot_reference
from .pledges import waiting_parts
from .requests import REQUEST_TYPE

ZERO = Decimal("0.00")
AROUND = timedelta(days=60)  # a movement of the ledger further off than this is not the line's
SHOWN_FILES = 20


def _lines(access: Access) -> QuerySet[BankLine]:
    access.require(Permission.RECORD_CONTRIBUTIONS)
    return BankLine.objects.filter(network_id=access.network_id)


@dataclass(frozen=True)
class Wanted:
    """The filters of the list. `way`: "in", "out" or both."""

    state: str = ""
    way: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def is_any(self) -> bool:
        return self != Wanted()


def lines(access: Access, wanted: Wanted) -> QuerySet[BankLine]:
    rows = _lines(access).select_related("contribution__donor", "entry")
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.way:
        rows = rows.filter(**{"amount__gt" if wanted.way == "in" else "amount__lt": 0})
    if wanted.first:
        rows = rows.filter(booked_on__gte=wanted.first)
    return rows.filter(booked_on__lte=wanted.last) if wanted.last else rows


def lines_page(access: Access, query: QueryDict, wanted: Wanted) -> Slice:
    page = page_of(lines(access, wanted), query, order=("-booked_on", "-id"))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="solidarity_fund:lines", subject_type=audit.type_of(BankLine))  # type: ignore[arg-type]
    return page


@dataclass(frozen=True)
class Total:
    """Lines in one state: how many, euro that came in and went out (over zero both)."""

    count: int = 0
    received: Decimal = ZERO
    paid: Decimal = ZERO


def totals(access: Access, wanted: Wanted) -> dict[str, Total]:
    """State → total, of the lines the filters leave; one query."""
    rows = lines(access, wanted).select_related(None).order_by().values("state")
    found = rows.annotate(
        count=Count("pk"),
        received=Sum("amount", filter=Q(amount__gt=0), default=ZERO),
        paid=-Sum("amount", filter=Q(amount__lt=0), default=ZERO),
    )
    return {state: Total() for state in BankLine.State.values} | {
        row["state"]: Total(row["count"], row["received"], row["paid"]) for row in found
    }


def line_for(access: Access, public_id: object) -> BankLine:
    row: BankLine = get_object_or_404(
        _lines(access).select_related("statement", "contribution__donor", "entry", "decided_by"), public_id=public_id
    )
    audit.look(Look.Kind.DETAIL, row, by=access, place="solidarity_fund:line")
    return row


def files(access: Access) -> list[StatementFile]:
    """The last files that were handed in, the newest first."""
    access.require(Permission.RECORD_CONTRIBUTIONS)
    rows = StatementFile.objects.filter(network_id=access.network_id).select_related("holder__body", "created_by")
    return list(rows.order_by("-id")[:SHOWN_FILES])


def file_for(access: Access, public_id: object) -> StatementFile:
    access.require(Permission.RECORD_CONTRIBUTIONS)
    rows = StatementFile.objects.filter(network_id=access.network_id).select_related("holder__body", "job", "created_by")
    row: StatementFile = get_object_or_404(rows, public_id=public_id)
    return row


def statements_of(file: StatementFile) -> list[BankStatement]:
    return list(file.statements.annotate(count=Count("lines")).order_by("id"))


def layout_of(access: Access, holder: FundHolder, file_format: str) -> dict[str, str]:
    """The columns as this holder's table was read the last time."""
    found = StatementLayout.objects.filter(network_id=access.network_id, body_id=holder.body_id, format=file_format).first()
    return dict(found.columns) if found else {}


def received_on(line: BankLine) -> date:
    """The day a gift of this line is recorded on: the bank's, or the first open one when that period is closed."""
    return max(line.booked_on, treasury.first_open_day(line.network_id))


def came_by_notice(line: BankLine) -> bool:
    """Whether it was paid through pagoPA: it carries a number of a notice, or the IUV of one that we gave. One query at most."""
    numbers = re.findall(r"(?<![0-9])[0-9]{15,18}(?![0-9])", f"{line.reference} {line.words}")
    if any(is_notice(number) for number in numbers):
        return True
    ours = Q()
    for number in numbers:  # a notice ends with its IUV
        ours |= Q(notice__endswith=number)
    return bool(ours) and Instalment.objects.filter(ours, network_id=line.network_id).exists()


# --- What a line may be


def unmatched_entries(access: Access, *, amount: Decimal | None = None) -> QuerySet[Entry]:
    """Movements of the fund through the bank that no line was matched with, reversed ones apart; each has `at_bank`, euro with its sign."""
    at_bank = Leg.objects.filter(entry=OuterRef("pk"), account__kind=Account.Kind.BANK)
    of_fund = Leg.objects.filter(entry=OuterRef("pk"), account__pot__use=Pot.Use.FUND)
    rows = Entry.objects.filter(Exists(of_fund), network_id=access.network_id, reverses=None, reversal=None).annotate(
        at_bank=Subquery(at_bank.values("amount")[:1])
    )
    rows = rows.filter(~Exists(BankLine.objects.filter(entry=OuterRef("pk"))), at_bank__isnull=False)
    return rows if amount is None else rows.filter(at_bank=amount)


@dataclass(frozen=True)
class Proposal:
    """A suggestion with the rows it is about; `pot` is where the gift would go. `value` stands in the form."""

    suggestion: rules.Suggestion
    entry: Entry | None = None
    donor: Donor | None = None
    part: Instalment | None = None
    pot: Pot | None = None

    @property
    def value(self) -> str:
        return f"{self.suggestion.kind}:{self.suggestion.key}"

    @property
    def pledge(self) -> Pledge | None:
        return self.part.pledge if self.part else None


def proposals(access: Access, line: BankLine) -> list[Proposal]:
    """What a waiting line probably is, best first. Nine queries at most, however many donors and promises there are."""
    near = (line.booked_on - AROUND, line.booked_on + AROUND)
    entries = list(unmatched_entries(access, amount=line.amount).filter(posted_on__range=near).order_by("-id")[:50])
    given = {
        row.pk: row
        for row in Contribution.objects.filter(pk__in=[e.source_id for e in entries if e.source_type == CONTRIBUTION_TYPE]).select_related(
            "donor"
        )
    }
    behind = {e.pk: given.get(e.source_id) if e.source_type == CONTRIBUTION_TYPE else None for e in entries}
    numbers = _numbers(entries, is_out=line.amount < 0)
    parts = waiting_parts(access) if line.amount > 0 else []
    donors = _known(access, line, parts) if line.amount > 0 else {}
    pots = {str(pot.public_id): pot for pot in treasury.pots(access, use=Pot.Use.FUND).order_by("id")}
    found = rules.suggest(
        rules.Line(line.amount, line.booked_on, line.name, line.words, line.reference, line.iban_hash),
        recorded=[_recorded(entry, behind[entry.pk], numbers.get(entry.pk, "")) for entry in entries],
        expected=[
            rules.Expected(
                part.pk, left, part.due_on, part.pledge.donor_id, (part.reference, part.notice, part.notice and iuv_of(part.notice))
            )
            for part, left in parts
        ],
        donors=[rules.KnownDonor(donor.pk, donor.name, hashes) for donor, hashes in donors.values()],
        pots=[rules.PotReference(key, pot_reference(pot)) for key, pot in pots.items()],
    )
    by_part = {part.pk: part for part, _left in parts}
    by_entry = {entry.pk: entry for entry in entries}
    usual = _usual_pots([donors[one.key][0] for one in found if one.kind == "donor"])
    first = next(iter(pots.values()), None)
    return [_proposal(one, by_entry, by_part, donors, pots, behind, usual, first) for one in found]


def proposal_of(access: Access, line: BankLine, value: str) -> Proposal | None:
    """The suggestion of that value, looked up anew; None when it is none any more."""
    return next((one for one in proposals(access, line) if one.value == value), None) if value else None


def _usual_pots(donors: list[Donor]) -> dict[int, Pot]:
    """Donor id → the pot of the last gift. One query; none without donors."""
    rows = Contribution.objects.filter(donor__in=donors).select_related("pot").order_by("id") if donors else []
    return {row.donor_id: row.pot for row in rows}


def _recorded(entry: Any, gift: Contribution | None, number: str) -> rules.Recorded:
    name, reference = (gift.donor.name, gift.reference) if gift else ("", number)
    return rules.Recorded(entry.pk, entry.at_bank, entry.posted_on, entry.words, name, reference)


def _numbers(entries: list[Entry], *, is_out: bool) -> dict[int, str]:
    """Entry id → the number of the order by which a help was paid, or of the receipt of what came back of it.

    Only of requests that the scope opens, and never a name: the page is the whole network's. One query.
    """
    requests = [entry.source_id for entry in entries if entry.source_type == REQUEST_TYPE]
    if not requests:
        return {}
    if is_out:
        orders = dict(BenefitPayee.objects.filter(request__in=requests).values_list("request", "order_number"))
        return {entry.pk: orders.get(entry.source_id, "") for entry in entries if entry.source_type == REQUEST_TYPE}
    backs = MoneyBack.objects.filter(request__in=requests).values_list("pk", "receipt")
    receipts = {f"solidarity_fund.back:{pk}": receipt for pk, receipt in backs}  # the key that `record_back` gives its movement
    return {entry.pk: receipts.get(entry.key, "") for entry in entries}


def _known(access: Access, line: BankLine, parts: list[tuple[Instalment, Decimal]]) -> dict[int, tuple[Donor, frozenset[str]]]:
    """Donors that a line may be of: who gave from its account, who has a word of its name, who promised; with the accounts of each."""
    wanted = Q(pk__in={part.pledge.donor_id for part, _left in parts})
    for word in sorted(rules.words_of(line.name))[:6]:
        wanted |= Q(name__icontains=word)
    accounts: defaultdict[int, set[str]] = defaultdict(set)
    if line.iban_hash:
        same = BankLine.objects.filter(network_id=access.network_id, iban_hash=line.iban_hash, contribution__isnull=False)
        for donor_id in same.values_list("contribution__donor_id", flat=True):
            accounts[donor_id].add(line.iban_hash)
        wanted |= Q(pk__in=list(accounts))
    rows = Donor.objects.filter(wanted, network_id=access.network_id, ended_on=None).exclude(kind=Donor.Kind.ANONYMOUS)
    return {donor.pk: (donor, frozenset(accounts[donor.pk])) for donor in rows.order_by("id")[:200]}


def _proposal(
    one: rules.Suggestion,
    entries: dict[int, Entry],
    parts: dict[int, Instalment],
    donors: dict[int, tuple[Donor, frozenset[str]]],
    pots: dict[str, Pot],
    behind: dict[int, Contribution | None],
    usual: dict[int, Pot],
    first: Pot | None,
) -> Proposal:
    if one.kind == "recorded":
        gift = behind[one.key]
        return Proposal(one, entry=entries[one.key], donor=gift.donor if gift else None)
    if one.kind == "expected":
        part = parts[one.key]
        return Proposal(one, part=part, donor=part.pledge.donor, pot=part.pledge.pot)
    if one.kind == "pot":
        return Proposal(one, pot=pots[one.key])
    return Proposal(one, donor=donors[one.key][0], pot=usual.get(one.key, first))


# --- The bank and the ledger


@dataclass(frozen=True)
class Compared:
    """Euro of the fund on a day, by the bank and by the ledger, and what explains the difference."""

    day: date
    bank: Decimal
    ledger: Decimal
    waiting: Decimal
    ignored: Decimal
    unmatched: Decimal  # in the ledger and on no line

    @property
    def difference(self) -> Decimal:
        return self.bank - self.ledger

    @property
    def missing(self) -> Decimal:
        """What the lines lack of the ledger, as it weighs on the difference: with the other parts it sums to it."""
        return -self.unmatched

    @property
    def unexplained(self) -> Decimal:
        """What the statements do not reach: the balance before the first of them."""
        return self.difference - self.waiting - self.ignored + self.unmatched


def bank_and_ledger(access: Access) -> Compared | None:
    """On the last day of the latest statement that tells a balance; None before there is one. Four queries."""
    access.require(Permission.RECORD_CONTRIBUTIONS)
    last = BankStatement.objects.filter(network_id=access.network_id, closing__isnull=False).order_by("-last_on", "-id").first()
    if last is None or last.closing is None:
        return None
    day = last.last_on
    of_fund = Leg.objects.filter(network_id=access.network_id, account__pot__use=Pot.Use.FUND, entry__posted_on__lte=day)
    mine = BankLine.objects.filter(network_id=access.network_id, account_key=last.account_key, booked_on__lte=day)
    sums = mine.aggregate(
        waiting=Sum("amount", filter=Q(state=BankLine.State.WAITING), default=ZERO),
        ignored=Sum("amount", filter=Q(state=BankLine.State.IGNORED), default=ZERO),
    )
    return Compared(
        day=day,
        bank=last.closing,
        ledger=-of_fund.aggregate(n=Sum("amount", default=ZERO))["n"],
        unmatched=unmatched_entries(access).filter(posted_on__lte=day).aggregate(n=Sum("at_bank", default=ZERO))["n"],
        **sums,
    )
