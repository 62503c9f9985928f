"""What every commission does the same way: a sitting is called and opened, members vote or stand aside, minutes are approved by another.

`Commission` says whose it is: its tables, its codes, its pages. What a case is, and what a decision does, each room adds. Its methods that
are verbs with a noun are services: a room gives them its own name (`open_sitting = FUND.open_sitting`).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import next_number
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired, ReasonRequired
from impresasolidale.core.four_eyes import require_second_key
from impresasolidale.core.messages import send
from impresasolidale.core.models import Document
from impresasolidale.core.transitions import Machine, perform
from impresasolidale.core.views import constraint_words
from impresasolidale.core.words import in_italian

from ..commission_rules import Result, Tally
from ..enums import Outcome, SittingState
from .deciders import StandsAside


@dataclass(frozen=True)
class Commission:
    """`room`: prefix of codes and of the URL namespace; `owner`: "ambito" or "network"; `subject`: the foreign key of a case; `page`: the
    name of a sitting's page; `sits`, `minutes`: kinds of to-do, `called`: kind of message; `issue_minutes(sitting, by, today)` makes the
    paper."""

    room: str
    owner: str
    subject: str
    machine: Machine
    sitting: type[Any]
    seat: type[Any]
    item: type[Any]
    abstention: type[Any]
    vote: type[Any]
    sits: str
    minutes: str
    called: str
    issue_minutes: Callable[..., Document]
    page: str = "sitting"

    def _owned(self, by: Access) -> dict[str, Any]:
        return {f"{self.owner}_id": getattr(by, f"{self.owner}_id")}

    def _same_owner(self, row: Any) -> dict[str, Any]:
        return {f"{self.owner}_id": getattr(row, f"{self.owner}_id")}

    def url(self, sitting: Any) -> str:
        return reverse(f"{self.room}:{self.page}", args=[sitting.public_id])

    # --- The sitting

    def call(
        self, *, held_on: date, starts_at: time | None, place: str, president: User, members: Sequence[User], by: Access, today: date,
        subject: Any, read: str,
    ) -> Any:  # fmt: skip
        """Every member has a seat and is written to, with `subject` above; `read` is what the to-do asks. Raises DomainError for a day gone
        by, or for a president who is not one of them."""
        by.require(Permission.KEEP_SITTINGS)
        if held_on < today:
            raise DomainError(_("Il giorno è già passato."), field="held_on")
        if president.pk not in {member.pk for member in members}:
            raise DomainError(_("Chi presiede dev'essere un componente della commissione."), field="president")
        owned = self._owned(by)
        series = f"{self.owner}:{owned[f'{self.owner}_id']}"
        sitting = self.sitting.objects.create(
            **owned,
            number=next_number(owner=series, kind=f"{self.room}.sitting", year=held_on.year),
            held_on=held_on,
            starts_at=starts_at,
            place=place.strip(),
            president=president,
            created_by_id=by.actor_id,
        )
        self.seat.objects.bulk_create(self.seat(**owned, sitting=sitting, member=member) for member in members)
        record_fact(f"{self.room}.sitting.called", sitting, by=by, number=sitting.number)
        todos.ask(
            kind=self.sits,
            subject=sitting,
            title=in_italian(read, day=lambda: f"{held_on:%d/%m/%Y}"),
            url=self.url(sitting),
            role=Role.COMMISSION_MEMBER,
            by=by,
            due_on=held_on,
            everywhere=self.owner == "network",
        )
        for member in members:
            if member.email:
                send(
                    kind=self.called,
                    address=member.email,
                    language=member.language,
                    subject=subject,
                    template=f"{self.room}/email/sitting.txt",
                    context={
                        "name": member.first_name,
                        "held_on": held_on,
                        "starts_at": starts_at,
                        "place": sitting.place,
                        "url": settings.BASE_URL + self.url(sitting),
                    },
                    by=by,
                    about=sitting,
                )
        return sitting

    def locked(self, sitting: Any, *states: SittingState) -> Any:
        row = self.sitting.objects.select_for_update(of=("self",), no_key=True).get(pk=sitting.pk)
        if row.state not in states:
            raise Conflict(_("Nel frattempo la seduta è cambiata. Ricarica la pagina."))
        return row

    def put(self, items: Sequence[Any]) -> None:
        """The rows of an agenda at once. Raises Conflict for a case that another sitting has."""
        try:
            with transaction.atomic():
                self.item.objects.bulk_create(items)
        except IntegrityError as error:
            raise Conflict(constraint_words(error)) from error

    @transaction.atomic
    def open_sitting(self, *, sitting: Any, present: Collection[int], by: Access, today: date) -> Any:
        """It begins: who is there is written down. Raises DomainError before its day, or when nobody is there."""

        def guard(row: Any) -> None:
            if row.held_on > today:
                raise DomainError(_("La seduta è il %(day)s: si apre quel giorno.") % {"day": f"{row.held_on:%d/%m/%Y}"})
            if not present:
                raise DomainError(_("Scegli chi è presente."), field="present")

        row = perform(self.machine, "opened", sitting, by=by, guard=guard)
        self._sit(row, present)
        return row

    @transaction.atomic
    def note_present(self, *, sitting: Any, present: Collection[int], by: Access) -> None:
        """Somebody came later, or was written down by mistake. Who has voted stays. Raises DomainError otherwise."""
        by.require(Permission.KEEP_SITTINGS)
        row = self.locked(sitting, SittingState.OPEN)
        if set(self.vote.objects.filter(item__sitting=row).values_list("member_id", flat=True)) - set(present):
            raise DomainError(_("Chi ha già votato era presente."), field="present")
        self._sit(row, present)
        record_fact(f"{self.room}.sitting.present", row, by=by, members=sorted(present))

    def _sit(self, sitting: Any, present: Collection[int]) -> None:
        self.seat.objects.filter(sitting=sitting).update(is_present=False)
        self.seat.objects.filter(sitting=sitting, member_id__in=present).update(is_present=True)

    @transaction.atomic
    def cancel_sitting(self, *, sitting: Any, reason: str, by: Access) -> Any:
        """It does not take place; its cases may go to another one. Raises ReasonRequired."""
        row = perform(self.machine, "cancelled", sitting, by=by, reason=reason)
        self.item.objects.filter(sitting=row, outcome=Outcome.PENDING).update(outcome=Outcome.POSTPONED, reason=reason.strip())
        todos.done(kind=self.sits, subject=row, by=by)
        return row

    # --- What a member says

    def declare_aside(self, subject: Any, *, by: Access, **said: Any) -> Any:
        """From now on no opinion, no vote, no place in the quorum. Said twice, it is said once. Raises DomainError for who has voted."""
        by.require(Permission.GIVE_OPINIONS)
        assert by.actor
        if there := self.abstention.objects.filter(**{self.subject: subject}, member_id=by.actor_id).first():
            return there
        try:
            with transaction.atomic():
                row = self.abstention.objects.create(
                    **self._same_owner(subject), **{self.subject: subject}, member=by.actor, created_by_id=by.actor_id, **said
                )
        except IntegrityError as error:
            if broken(error) != f"{self.room}_aside_voted":
                raise
            raise DomainError(_("Hai già votato su questo caso: dillo a chi scrive il verbale.")) from error
        return row

    def vote_on(self, item: Any, *, member: User, in_favour: bool, by: Access, may_speak: Callable[[Any], None]) -> Any:
        """One vote, by the member or written down by the secretary. `may_speak(case)` raises StandsAside. Raises DomainError for who is not
        there, Conflict for a second vote or a case that is decided."""
        by.require(Permission.GIVE_OPINIONS if by.actor_id == member.pk else Permission.KEEP_SITTINGS)
        sitting = self.locked(item.sitting, SittingState.OPEN)
        row = self.pending(item)
        if not self.seat.objects.filter(sitting=sitting, member=member, is_present=True).exists():
            raise DomainError(_("%(who)s non è presente a questa seduta.") % {"who": member}, field="member")
        may_speak(row)
        try:
            with transaction.atomic():
                vote = self.vote.objects.create(
                    **self._same_owner(row), item=row, member=member, in_favour=in_favour, created_by_id=by.actor_id
                )
        except IntegrityError as error:  # somebody was quicker: another hand on this vote, or the member stood aside meanwhile
            if broken(error) == f"{self.room}_stands_aside":
                raise StandsAside from error
            raise Conflict(constraint_words(error)) from error
        record_fact(f"{self.room}.vote.cast", row, by=by)
        return vote

    def pending(self, item: Any, *related: str) -> Any:
        """The case, locked. Raises Conflict when it is decided."""
        rows = self.item.objects.select_for_update(of=("self",), no_key=True).select_related("sitting", self.subject, *related)
        row = rows.get(pk=item.pk)
        if row.outcome != Outcome.PENDING:
            raise Conflict(_("Questo caso è già deciso."))
        return row

    # --- The decision of a case

    def carried(self, votes: Tally, *, reason: str) -> bool:
        """Whether the commission said yes. Raises DomainError without quorum or on a tie, ReasonRequired for a no without one."""
        if votes.result == Result.NO_QUORUM:
            words = _("Manca il numero legale: servono %(quorum)s voti, ce ne sono %(voters)s.")
            raise DomainError(words % {"quorum": votes.quorum, "voters": votes.voters})
        if votes.result == Result.TIE:
            raise DomainError(_("I voti sono pari: non c'è una decisione. Si può votare di nuovo in un'altra seduta."))
        if votes.result != Result.CARRIED and not reason.strip():
            raise ReasonRequired
        return votes.result == Result.CARRIED

    @transaction.atomic
    def postpone_case(self, *, item: Any, reason: str, by: Access) -> Any:
        """Not today: it may go on another agenda. Raises ReasonRequired."""
        by.require(Permission.KEEP_SITTINGS)
        if not reason.strip():
            raise ReasonRequired
        self.locked(item.sitting, SittingState.OPEN)
        return self.close_case(self.pending(item), Outcome.POSTPONED, votes=None, reason=reason, by=by)

    def close_case(self, row: Any, outcome: Outcome, *, votes: Tally | None, reason: str, by: Access, **more: Any) -> Any:
        row.outcome, row.reason = outcome, reason.strip()
        row.quorum, row.votes_for, row.votes_against = (votes.quorum, votes.votes_for, votes.votes_against) if votes else (None, None, None)
        for name, value in more.items():
            setattr(row, name, value)
        row.save(update_fields=["outcome", "reason", "quorum", "votes_for", "votes_against", *more])
        record_fact(f"{self.room}.case.closed", row, by=by, outcome=outcome)
        return row

    # --- The minutes

    @transaction.atomic
    def close_sitting(self, *, sitting: Any, by: Access) -> Any:
        """The minutes are written: every case has its outcome. The president is asked to approve. Raises DomainError with cases open."""

        def guard(row: Any) -> None:
            if self.item.objects.filter(sitting=row, outcome=Outcome.PENDING).exists():
                raise DomainError(_("Ci sono casi senza esito: decidili, oppure rinviali."))
            if row.president_id == by.actor_id:
                raise FourEyesRequired(_("Il verbale lo scrive un'altra persona: tu lo approvi."))

        row = perform(self.machine, "closed", sitting, by=by, guard=guard, closed_by_id=by.actor_id)
        todos.done(kind=self.sits, subject=row, by=by)
        todos.ask(
            kind=self.minutes,
            subject=row,
            title=in_italian("Un verbale da approvare: seduta del %(day)s", day=lambda: f"{row.held_on:%d/%m/%Y}"),
            url=self.url(row),
            role=Role.COMMISSION_MEMBER,
            by=by,
            everywhere=self.owner == "network",
        )
        return row

    @transaction.atomic
    def reopen_sitting(self, *, sitting: Any, reason: str, by: Access) -> Any:
        """The president does not approve: back to who wrote it. Raises ReasonRequired, DomainError for anybody else."""
        row = perform(self.machine, "reopened", sitting, by=by, reason=reason, guard=lambda row: _is_president(row, by), closed_by_id=None)
        todos.done(kind=self.minutes, subject=row, by=by)
        return row

    @transaction.atomic
    def approve_minutes(self, *, sitting: Any, by: Access, today: date) -> Any:
        """The president approves: the minutes become a sealed paper. Raises FourEyesRequired for who wrote them, DomainError for who did
        not preside."""

        def guard(row: Any) -> None:
            require_second_key(first_id=row.closed_by_id, by=by, words=_("Il verbale l'hai scritto tu: lo approva chi ha presieduto."))
            _is_president(row, by)

        row = perform(self.machine, "approved", sitting, by=by, guard=guard, approved_by_id=by.actor_id)
        row.document = self.issue_minutes(row, by=by, today=today)
        row.save(update_fields=["document"])
        todos.done(kind=self.minutes, subject=row, by=by)
        return row


def _is_president(row: Any, by: Access) -> None:
    if row.president_id != by.actor_id:
        raise DomainError(_("Il verbale lo approva chi ha presieduto la seduta."))


def broken(error: IntegrityError) -> str:
    """The name of the rule of the database that was broken."""
    return str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", ""))
