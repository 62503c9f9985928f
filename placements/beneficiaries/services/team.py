"""Who follows the person: colleagues with a role and dates, and the case that passes from one to the other."""

from collections.abc import Collection
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import messages
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError

from .. import selectors
from ..enums import CareRole
from ..models import Beneficiary, CareMember
from ._steps import locked

HANDED_OVER = "beneficiaries.care_team.handed_over"


@transaction.atomic
def join_care_team(
    *, beneficiary: Beneficiary, user: User, role: str, by: Access, today: date, valid_from: date | None = None
) -> CareMember:
    """A colleague follows the person from a day on (today, when not said). A new referent takes over: the rows stay as history."""
    by.require(Permission.EDIT_PEOPLE)
    start = valid_from or today
    locked(beneficiary, by=by)
    _refuse_outsider(user, on=start, by=by, field="user")
    _refuse_past(start, today, field="valid_from")
    again = Q(valid_to=None) | Q(valid_to__gte=start)
    if CareMember.objects.filter(again, beneficiary=beneficiary, user=user, role=role).exists():
        raise DomainError(_("Ha già questo ruolo."), field="user")
    if role == CareRole.REFERENT:
        _end_referents(beneficiary, start)
    row = CareMember.objects.create(ambito_id=beneficiary.ambito_id, beneficiary=beneficiary, user=user, role=role, valid_from=start)
    record_fact("beneficiaries.care_team.joined", beneficiary, by=by, user=user.pk, role=role, on=start.isoformat())
    return row


@transaction.atomic
def leave_care_team(*, beneficiary: Beneficiary, member: CareMember, valid_to: date, by: Access, today: date) -> CareMember:
    """A colleague no longer follows the person after a day. A referent does not leave: the case is handed over."""
    by.require(Permission.EDIT_PEOPLE)
    locked(beneficiary, by=by)
    row = selectors.leaving_members(by, beneficiary, on=today).select_for_update(of=("self",)).filter(pk=member.pk).first()
    if row is None:
        raise DomainError(_("Questo collega non è più nell’équipe, oppure è il referente: per lui serve un passaggio."), field="member")
    if valid_to < row.valid_from:
        raise DomainError(_("Ha cominciato dopo questo giorno."), field="valid_to")
    _refuse_past(valid_to, today, field="valid_to")
    row.valid_to = valid_to
    row.save(update_fields=["valid_to"])
    record_fact("beneficiaries.care_team.left", beneficiary, by=by, user=row.user_id, role=row.role, on=valid_to.isoformat())
    return row


@transaction.atomic
def hand_over(*, people: Collection[Beneficiary], to: User, from_on: date, reason: str, by: Access, today: date) -> list[CareMember]:
    """The referent of these people is `to` from a day on: to-dos follow the role on the case, and so does what may be opened.

    Who only follows people passes their own; with ASSIGN_CASES anybody's, and people without a referent. The referents of before and
    the new one get one message each, without names. Raises DomainError.
    """
    by.require(Permission.HAND_OVER)
    if not people:
        raise DomainError(_("Spunta almeno una persona."), field="people")
    if not reason.strip():
        raise DomainError(_("Scrivi il motivo: resta nella storia di ogni persona."), field="reason")
    _refuse_past(from_on, today, field="from_on")
    _refuse_outsider(to, on=from_on, by=by, field="to")
    ids = [person.pk for person in people]
    rows = list(
        Beneficiary.objects.select_for_update(of=("self",)).filter(pk__in=ids, ambito=by.ambito_id, merged_into=None).order_by("pk")
    )
    if len(rows) != len(set(ids)):
        raise DomainError(_("Una di queste schede nel frattempo è cambiata. Ricarica la pagina."), field="people")
    passed: list[CareMember] = []
    former: dict[User, int] = {}
    for person in rows:
        before = {member.user for member in _end_referents(person, from_on, by=by, to=to)}
        for user in before:
            former[user] = former.get(user, 0) + 1
        passed.append(
            CareMember.objects.create(ambito_id=person.ambito_id, beneficiary=person, user=to, role=CareRole.REFERENT, valid_from=from_on)
        )
        data = {"before": sorted(user.pk for user in before), "to": to.pk, "on": from_on.isoformat()}
        record_fact(HANDED_OVER, person, by=by, reason=reason.strip(), **data)
    _tell(to, len(passed), from_on=from_on, is_new=True, colleague=_(" e ").join(map(str, former)), by=by)
    for user, count in former.items():
        _tell(user, count, from_on=from_on, is_new=False, colleague=str(to), by=by)
    return passed


def _end_referents(person: Beneficiary, start: date, *, by: Access | None = None, to: User | None = None) -> list[CareMember]:
    """End whoever is, or would be, the referent from `start` on; returns who is at that moment.

    One who was to begin later never does: the period stays written, and holds on no day.
    """
    rows = CareMember.objects.filter(Q(valid_to=None) | Q(valid_to__gte=start), beneficiary=person, role=CareRole.REFERENT)
    ended = list(rows.select_related("user"))
    if by and not by.may(Permission.ASSIGN_CASES) and not any(member.user_id == by.actor_id for member in ended):
        raise DomainError(_("Puoi passare solo le persone di cui sei il referente."), field="people")
    if any(member.user == to and member.valid_from <= start for member in ended):
        raise DomainError(_("%(user)s è già il referente di %(person)s.") % {"user": to, "person": person}, field="to")
    rows.update(valid_to=start - timedelta(days=1))
    return ended


def _tell(user: User, count: int, *, from_on: date, is_new: bool, colleague: str, by: Access) -> None:
    messages.send(
        kind="beneficiaries.handover",
        address=user.email,
        language=user.language,
        subject=(
            ngettext_lazy("Una persona passa a te", "%(count)s persone passano a te", count)
            if is_new
            else ngettext_lazy("Una persona che segui passa a un collega", "%(count)s persone che segui passano a un collega", count)
        )
        % {"count": count},
        template="beneficiaries/email/handover.txt",
        context={
            "user": user,
            "count": count,
            "from_on": from_on,
            "is_new": is_new,
            "colleague": colleague,
            "url": f"{settings.BASE_URL}{reverse('beneficiaries:list')}?mie=on",
        },
        by=by,
    )


def _refuse_outsider(user: User, *, on: date, by: Access, field: str) -> None:
    if not selectors.possible_members(by, on=on).filter(pk=user.pk).exists():
        raise DomainError(_("Questa persona non lavora in questo ufficio."), field=field)


def _refuse_past(day: date, today: date, *, field: str) -> None:
    """What somebody may open is not changed backwards: the register of looks would no longer be true."""
    if day < today:
        raise DomainError(_("Scegli oggi o un giorno che viene."), field=field)


def follow_instead(*, beneficiary: Beneficiary, leaves: User | None, comes: User, by: Access, on: date) -> None:
    """From `on` an educator follows the person in place of another: what waits for the team waits for them. It follows from a change that
    had its own permission; a referent stays one."""
    rows = CareMember.objects.filter(selectors.in_force(on), beneficiary=beneficiary)
    if leaves:
        rows.filter(user=leaves, role=CareRole.EDUCATOR).update(valid_to=on)
    if not rows.filter(user=comes).exists():
        CareMember.objects.create(
            ambito_id=beneficiary.ambito_id, beneficiary=beneficiary, user=comes, role=CareRole.EDUCATOR, valid_from=on
        )
        record_fact("beneficiaries.care_team.joined", beneficiary, by=by, user=comes.pk, role=CareRole.EDUCATOR)
