"""Tutors and their engagements, invitations to the portal."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.accounts.services import invite
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.periods import not_over
from impresasolidale.core.views import check_version
from impresasolidale.territory.selectors import name_key

from ..models import Company, CompanyTutor, Engagement


@transaction.atomic
def engage_tutor(
    *,
    company: Company,
    first_name: str,
    last_name: str,
    email: str,
    valid_from: date,
    by: Access,
    today: date,
    phone: str = "",
    job_title: str = "",
) -> Engagement:
    """A tutor begins at a company. Who is known by address keeps their own record: tutors move between companies."""
    by.require_of(Permission.EDIT_COMPANIES, company.pk)
    email = email.strip().lower()
    tutor = CompanyTutor.objects.select_for_update(of=("self",)).filter(network_id=by.network_id, email=email).first()
    if tutor is None:
        tutor = CompanyTutor.objects.create(
            network_id=by.network_id,
            first_name=first_name,
            last_name=last_name,
            email=email,
            phone=phone,
            job_title=job_title,
            created_by_id=by.actor_id,
        )
        record_fact("hosts.tutor.registered", tutor, by=by)
    else:
        if name_key(f"{tutor.first_name} {tutor.last_name}") != name_key(f"{first_name} {last_name}"):
            known = _("Questo indirizzo è già di un altro tutor. Controlla l'indirizzo, o il nome.")
            words = _("Questo indirizzo è già di %(tutor)s. Controlla l'indirizzo, o il nome.") % {"tutor": tutor}
            raise DomainError(words if by.companies is None else known, field="email")
        last = Engagement.objects.filter(tutor=tutor, company=company).order_by(F("valid_to").desc(nulls_first=True)).first()
        if last and last.valid_to is None:
            raise DomainError(_("%(tutor)s è già tutor di questa impresa.") % {"tutor": tutor}, field="email")
        if last and last.valid_to and last.valid_to >= valid_from:
            raise DomainError(
                _("L'incarico di prima finisce il %(day)s: quello nuovo comincia dopo.") % {"day": f"{last.valid_to:%d/%m/%Y}"},
                field="valid_from",
            )
        tutor.phone, tutor.job_title, tutor.row_version = phone or tutor.phone, job_title or tutor.job_title, tutor.row_version + 1
        tutor.save(update_fields=["phone", "job_title", "row_version"])
    engagement = Engagement.objects.create(network_id=company.network_id, tutor=tutor, company=company, valid_from=valid_from)
    record_fact("hosts.tutor.engaged", tutor, by=by, company=company.pk, valid_from=valid_from.isoformat())
    return engagement


def _open_engagement(company: Company, tutor: CompanyTutor, today: date) -> Engagement:
    row = (
        Engagement.objects.select_for_update(of=("self",))
        .filter(not_over(today), company=company, tutor=tutor)
        .order_by("valid_from")
        .first()
    )
    if row is None:
        raise DomainError(_("%(tutor)s non è più tutor di questa impresa.") % {"tutor": tutor})
    return row


def _close_portal(*, user_id: int, companies: Iterable[int], last_day: date, today: date) -> None:
    """The tutor's role in these companies ends with `last_day`; a role that began later never was."""
    held = Membership.objects.in_force(today).filter(user_id=user_id, company_id__in=list(companies), role=Role.COMPANY_TUTOR)
    held.filter(valid_from__gt=last_day).delete()
    held.update(valid_to=last_day)


@transaction.atomic
def edit_tutor(*, tutor: CompanyTutor, row_version: int, email: str, by: Access, today: date, **values: str) -> CompanyTutor:
    """Change a tutor's data. A new address leaves the old sign-in behind, closed at once: the invitation may have gone to a stranger."""
    by.require(Permission.EDIT_COMPANIES)
    row = CompanyTutor.objects.select_for_update(of=("self",)).get(pk=tutor.pk)
    check_version(row, row_version)
    email = email.strip().lower()
    if email != row.email:
        other = CompanyTutor.objects.filter(network_id=row.network_id, email=email).first()
        if other:
            raise DomainError(_("Questo indirizzo è già di %(tutor)s. Controlla l'indirizzo, o il nome.") % {"tutor": other}, field="email")
        if row.user_id:
            companies = Engagement.objects.filter(tutor=row).values_list("company_id", flat=True)
            _close_portal(user_id=row.user_id, companies=companies, last_day=today - timedelta(days=1), today=today)
        row.email, row.user = email, None
    for name, value in values.items():
        setattr(row, name, value)
    row.row_version += 1
    row.save()
    record_fact("hosts.tutor.edited", row, by=by)
    return row


@transaction.atomic
def end_engagement(*, company: Company, tutor: CompanyTutor, on: date, by: Access, today: date) -> Engagement:
    """The last day of a tutor at a company. From the day after, the tutor no longer reaches this company on the portal."""
    by.require_of(Permission.EDIT_COMPANIES, company.pk)
    row = _open_engagement(company, tutor, today)
    if on < row.valid_from:
        raise DomainError(
            _("La data di fine viene prima di quella di inizio, il %(day)s.") % {"day": f"{row.valid_from:%d/%m/%Y}"}, field="on"
        )
    row.valid_to = on
    row.save(update_fields=["valid_to"])
    if tutor.user_id:
        _close_portal(user_id=tutor.user_id, companies=[company.pk], last_day=on, today=today)
    record_fact("hosts.tutor.engagement_ended", tutor, by=by, company=company.pk, valid_to=on.isoformat())
    return row


@transaction.atomic
def invite_tutor(*, company: Company, tutor: CompanyTutor, by: Access, today: date, base_url: str, sends: bool = True) -> User:
    """Open the portal to a tutor of this company and send the link; again, it sends the link again (with the messages' cooldown).

    `sends` is false where another role's invitation goes to the same address at once.
    """
    by.require_of(Permission.INVITE_TUTORS, company.pk)
    row = CompanyTutor.objects.select_for_update(of=("self",)).get(pk=tutor.pk)
    _open_engagement(company, row, today)
    user = invite(
        email=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        role=Role.COMPANY_TUTOR,
        company_id=company.pk,
        by=by,
        today=today,
        base_url=base_url,
        sends=sends,
    )
    if row.user_id != user.pk:
        row.user, row.row_version = user, row.row_version + 1
        row.save(update_fields=["user", "row_version"])
    record_fact("hosts.tutor.invited", row, by=by, company=company.pk)
    return user


@transaction.atomic
def invite_contact(*, company: Company, email: str, first_name: str, last_name: str, by: Access, today: date, base_url: str) -> User:
    """Open the portal to somebody who acts for the company: papers, own data."""
    user = invite(
        email=email,
        first_name=first_name,
        last_name=last_name,
        role=Role.COMPANY_CONTACT,
        company_id=company.pk,
        by=by,
        today=today,
        base_url=base_url,
    )
    record_fact("hosts.contact.invited", company, by=by, user=user.pk)
    return user
