"""Writes about users: invite, choose a password, second keys."""

from contextlib import suppress
from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.four_eyes import OutsideAct, require_second_key
from impresasolidale.core.messages import send
from impresasolidale.core.scope import scope as scope_of

from .access import Access, access_for, hash_token
from .models import Invitation, Membership, User, new_token
from .permissions import COMPANY_ROLES, GIVER_ROLES, Permission, Role
from .sessions import end_everywhere
from .tokens import end_tokens_of

__all__ = [
    "OutsideAct", "change_password", "choose_password", "end_donor_access", "end_membership", "invitation_for", "invite",
    "require_second_key", "send_forgotten", "send_link",
]  # fmt: skip
LINK_DAYS = 14


@transaction.atomic
def invite(
    *,
    email: str,
    first_name: str,
    last_name: str,
    role: Role,
    by: Access,
    today: date,
    base_url: str,
    ambito_id: int | None = None,
    company_id: int | None = None,
    donor_id: int | None = None,
    partner_id: int | None = None,
    comune_id: int | None = None,
    deputy_of_id: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    sends: bool = True,
) -> User:
    """Give a role to whoever has this address and send the link to choose a password (`sends`). Who is known keeps the password.

    `donor_id`, `partner_id`: whose gifts, or whose part in projects, a donor or a partner reads. `comune_id` limits it to
    the residents of one comune; `deputy_of_id` says whom it stands in for, on its dates. Nobody gives a role to oneself.
    """
    if role in COMPANY_ROLES and company_id:
        by.require_of(Permission.INVITE_TUTORS, company_id)
    else:
        by.require(Permission.MANAGE_USERS)
    email = email.strip().lower()
    user = User.objects.filter(email=email).first()
    if user and user.pk == by.actor_id and company_id not in by.contact_for:  # who owns a small company may be its tutor too
        raise DomainError(_("Un ruolo a te lo dà un’altra persona."), field="email")
    if user is None:
        user = User.objects.create_user(email, None, first_name=first_name, last_name=last_name)
    if not user.is_active and _works_elsewhere(user, by=by, today=today):
        words = _("Questo accesso è di un altro ufficio, e si è chiuso perché nessuno lo usava: lo riapre quell’ufficio.")
        raise DomainError(words, field="email")
    scope = {
        "user": user,
        "role": role,
        "network_id": by.network_id,
        "ambito_id": ambito_id,
        "company_id": company_id,
        "donor_id": donor_id,
        "partner_id": partner_id,
        "comune_id": comune_id,
        "deputy_of_id": deputy_of_id,
    }
    starts = valid_from or today
    if valid_to and valid_to < starts:
        raise DomainError(_("La data di fine viene prima di quella di inizio."), field="valid_to")
    if not Membership.objects.in_force(starts).filter(**scope).exists():
        if ambito_id and not Membership.objects.in_force(today).filter(user=user, ambito_id=ambito_id).exists():
            end_tokens_of(user, why="no role was held", now=timezone.now(), ambito_id=ambito_id)  # of a time that had ended
        membership = Membership.objects.create(valid_from=starts, valid_to=valid_to, **scope)
        record_fact("accounts.membership.given", membership, by=by, role=role)
        end_everywhere(user)  # what the sessions before the role were opened with is no longer true
    if not user.is_active:  # closed because nobody used it: who invites again opens it
        user.is_active, user.warned_on = True, None
        user.save(update_fields=["is_active", "warned_on"])
        record_fact("accounts.user.opened", user, by=by)
    if not sends:
        return user
    # A company's user writes no messages: the application does.
    sender = by if by.companies is None else Access.system(network_id=by.network_id, ambito_id=None, reason="a contact invites")
    with scope_of(sender.scope):  # not the one in force, which may be the network's alone: an office's mail is its Ambito's
        send_link(user=user, by=sender, kind="accounts.invitation", template="accounts/email/invitation.txt", base_url=base_url)
    return user


def _works_elsewhere(user: User, *, by: Access, today: date) -> bool:
    """Whether somebody holds a role in an office that is not the one that acts here."""
    held = Membership.objects.in_force(today).filter(user=user, ambito_id__isnull=False)
    return bool(held.exclude(ambito_id=by.ambito_id).exists())


@transaction.atomic
def end_membership(*, membership: Membership, last_day: date, by: Access, today: date) -> Membership:
    """The role ends with `last_day`; from the next day it opens nothing. Nobody ends the own role: an office keeps a key.

    With the last role in the Ambito the user's keys for programs there end at once.
    """
    by.require(Permission.MANAGE_USERS)
    ours = Q(ambito_id=by.ambito_id) | Q(role__in=GIVER_ROLES)  # who gives, gives to the whole network
    row = Membership.objects.select_for_update(of=("self",)).get(ours, pk=membership.pk, network_id=by.network_id)
    if row.user_id == by.actor_id:
        raise DomainError(_("Il tuo ruolo lo può chiudere solo un'altra persona."))
    if last_day < row.valid_from:
        raise DomainError(_("Il ruolo è cominciato il %(day)s: la fine non può venire prima.") % {"day": f"{row.valid_from:%d/%m/%Y}"})
    row.valid_to = last_day
    row.save(update_fields=["valid_to"])
    record_fact("accounts.membership.ended", row, by=by, valid_to=last_day.isoformat())
    end_everywhere(row.user)
    if row.ambito_id:
        others = Membership.objects.filter(user=row.user, ambito_id=row.ambito_id).exclude(valid_to__lte=last_day)
        if not others.exists():
            end_tokens_of(row.user, why="the last role ended", now=timezone.now(), ambito_id=row.ambito_id)
    return row


def end_donor_access(*, donor_id: int, last_day: date, by: Access) -> None:
    """Whoever signs in for a donor does so no more: the donor is written to no longer. The caller asked the right."""
    for row in Membership.objects.select_for_update(of=("self",)).in_force(last_day).filter(donor_id=donor_id):
        row.valid_to = last_day
        row.save(update_fields=["valid_to"])
        record_fact("accounts.membership.ended", row, by=by, valid_to=last_day.isoformat())
        end_everywhere(row.user)


def send_link(*, user: User, by: Access, kind: str, template: str, base_url: str) -> Invitation:
    """A personal link by mail, valid for 14 days and once."""
    token = new_token()
    row = Invitation.objects.create(
        user=user, token_hash=hash_token(token), expires_at=timezone.now() + timedelta(days=LINK_DAYS), created_by_id=by.actor_id
    )
    send(
        kind=kind,
        address=user.email,
        language=user.language,
        subject=gettext_lazy("Il tuo accesso a Impresasolidale"),
        template=template,
        context={"user": user, "url": f"{base_url}/accesso/invito/{token}/", "days": LINK_DAYS, "known": user.has_usable_password()},
        by=by,
        about=user,
        is_personal=True,
    )
    return row


def send_forgotten(*, email: str, base_url: str) -> None:
    """The link for a forgotten password, to an address that has an access; nothing, and no word of it, to any other."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    access = access_for(user) if user else None
    if user and access and access.network_id:
        # Nobody is signed in: the application writes, where a company's user could not. A link that left a moment ago is not sent
        # again; the answer stays the same.
        by = Access.system(network_id=access.network_id, ambito_id=access.ambito_id, reason="forgotten password")
        with suppress(DomainError), scope_of(by.scope):
            send_link(user=user, by=by, kind="accounts.forgotten", template="accounts/email/forgotten.txt", base_url=base_url)


def invitation_for(token: str) -> Invitation | None:
    return (
        Invitation.objects.filter(token_hash=hash_token(token), used_at=None, expires_at__gt=timezone.now(), user__is_active=True)
        .select_related("user")
        .first()
    )


@transaction.atomic
def choose_password(*, token: str, password: str) -> User:
    """Set the password of the invited user. Raises DomainError for a link that no longer works or a weak password."""
    User.objects.select_for_update().filter(pk__in=Invitation.objects.filter(token_hash=hash_token(token)).values("user_id")).first()
    row = invitation_for(token)  # read under the lock: of two who use one link at once, the second finds it used
    if row is None:
        raise DomainError(_("Questo link non funziona più. Chiedine uno nuovo al tuo ufficio, oppure dalla pagina di accesso."))
    _set_password(row.user, password)
    return row.user


@transaction.atomic
def change_password(*, user: User, password: str, by: Access) -> None:
    """One's own, by who has just said the one before. Sessions elsewhere end. Raises DomainError for a weak one."""
    _set_password(user, password)
    record_fact("accounts.password.changed", user, by=by)


def choose_search_key(*, user: User, wanted: bool) -> None:
    """One's own comfort: whether "/" goes to the search."""
    User.objects.filter(pk=user.pk).update(has_search_key=wanted)


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), field="password") from error
    user.set_password(password)
    user.save(update_fields=["password"])
    Invitation.objects.filter(user=user, used_at=None).update(used_at=timezone.now())
    end_everywhere(user)
    end_tokens_of(user, why="the password changed", now=timezone.now())
