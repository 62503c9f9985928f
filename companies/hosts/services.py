"""Writes about hosts: companies, sites, tutors and their engagements, invitations to the portal."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.accounts.services import invite
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.periods import not_over
from impresasolidale.core.views import check_version
from impresasolidale.territory.models import Comune
from impresasolidale.territory.selectors import name_key

from . import selectors
from .models import Closure, Company, CompanyTutor, Engagement, Site
from .rules import size_of

MAIN_SITE = "Sede principale"
LONGEST_CLOSURE = 92  # days: longer is a slip of the finger, or no longer a host


class CompanyKnown(DomainError):
    """A company with this code is registered already."""

    def __init__(self, company: Company, field: str) -> None:
        self.company = company
        super().__init__(
            _("Questo codice è già di %(company)s: apri la sua scheda invece di scriverne una nuova.") % {"company": company}, field=field
        )


class CompanyResembles(DomainError):
    """Companies with nearly this name exist; the user looks at them and says that this is another one."""

    def __init__(self, companies: list[Company]) -> None:
        self.companies = companies
        super().__init__(
            _("C'è già un'impresa con un nome simile. Guarda se è la stessa: se non lo è, spunta la casella."), field="is_another"
        )


def _check_codes(*, partita_iva: str, tax_code: str, by: Access, company: Company | None = None) -> None:
    if not partita_iva and not tax_code:
        raise DomainError(_("Serve la partita IVA, oppure il codice fiscale dell'ente."), field="partita_iva")
    known = selectors.known_companies(by, partita_iva=partita_iva, tax_code=tax_code, but=company).first()
    if known:
        raise CompanyKnown(known, "partita_iva" if partita_iva and known.partita_iva == partita_iva else "tax_code")


@transaction.atomic
def register_company(*, by: Access, is_another: bool = False, **values: Any) -> Company:
    """Register a host. `values` are its columns; codes are checked already (core.validators).

    Refuses a code that is known (CompanyKnown) and asks about a name that is nearly known (CompanyResembles) unless `is_another`.
    """
    by.require(Permission.EDIT_COMPANIES)
    _check_codes(partita_iva=values.get("partita_iva", ""), tax_code=values.get("tax_code", ""), by=by)
    if not is_another and (similar := selectors.similar_companies(by, values["name"])):
        raise CompanyResembles(similar)
    company = Company.objects.create(
        **values,
        network_id=by.network_id,
        search_key=name_key(values["name"]),
        size_class=size_of(values.get("staff_count")),
        created_by_id=by.actor_id,
    )
    record_fact("hosts.company.registered", company, by=by)
    return company


@transaction.atomic
def register_host(
    *, company: Mapping[str, Any], site: Mapping[str, Any], tutor: Mapping[str, Any] | None, by: Access, today: date, is_another: bool
) -> Company:
    """The whole of the first page: company, first site, and first tutor when there is one."""
    row = register_company(by=by, is_another=is_another, **company)
    add_site(company=row, by=by, **site)
    if tutor:
        engage_tutor(company=row, by=by, today=today, valid_from=today, **tutor)
    return row


@transaction.atomic
def edit_company(*, company: Company, row_version: int, by: Access, **values: Any) -> Company:
    """Change the columns of a company. Raises Conflict when it was changed since `row_version`."""
    by.require(Permission.EDIT_COMPANIES)
    row = Company.objects.select_for_update(of=("self",)).get(pk=company.pk)
    check_version(row, row_version)
    _check_codes(partita_iva=values["partita_iva"], tax_code=values["tax_code"], by=by, company=row)
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name, value in values.items():
        setattr(row, name, value)
    row.search_key, row.size_class, row.row_version = name_key(row.name), size_of(row.staff_count), row.row_version + 1
    row.save()
    record_fact("hosts.company.edited", row, by=by, columns=changed)
    if {"safety_declared_on", "risk_class"} & {*changed}:
        # Every Ambito may have somebody there.
        enqueue("agreements.refresh_all", by=Access.system(network_id=by.network_id, ambito_id=None, reason="safety declared"))
    return row


@transaction.atomic
def add_site(*, company: Company, name: str, address: str, comune: Comune, by: Access, directions: str = "") -> Site:
    """A place of work of a company."""
    by.require(Permission.EDIT_COMPANIES)
    site = Site.objects.create(
        company=company,
        network_id=company.network_id,
        name=name or _(MAIN_SITE),
        address=address,
        comune=comune,
        directions=directions,
        created_by_id=by.actor_id,
    )
    record_fact("hosts.site.added", site, by=by)
    return site


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
    by.require(Permission.EDIT_COMPANIES)
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
            raise DomainError(_("Questo indirizzo è già di %(tutor)s. Controlla l'indirizzo, o il nome.") % {"tutor": tutor}, field="email")
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
    by.require(Permission.EDIT_COMPANIES)
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
def invite_tutor(*, company: Company, tutor: CompanyTutor, by: Access, today: date, base_url: str) -> User:
    """Open the portal to a tutor of this company and send the link; again, it sends the link again (with the messages' cooldown)."""
    by.require(Permission.INVITE_TUTORS)
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


@transaction.atomic
def add_closure(*, company: Company, starts_on: date, ends_on: date, words: str, by: Access, site: Site | None = None) -> Closure:
    """The company says when it is closed for everybody: in those days nobody is expected. Refuses days that meet a known closure."""
    by.require(Permission.EDIT_COMPANIES)
    if ends_on < starts_on:
        raise DomainError(_("L'ultimo giorno viene prima del primo."), field="ends_on")
    if (ends_on - starts_on).days >= LONGEST_CLOSURE:
        raise DomainError(_("Una chiusura dura al massimo tre mesi: controlla le date."), field="ends_on")
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    same = Closure.objects.filter(company=company, starts_on__lte=ends_on, ends_on__gte=starts_on)
    if site is not None:
        same = same.filter(Q(site=None) | Q(site=site))
    if known := same.order_by("starts_on").first():
        words_of = _("In quei giorni c'è già una chiusura: dal %(first)s al %(last)s.")
        raise DomainError(words_of % {"first": f"{known.starts_on:%d/%m/%Y}", "last": f"{known.ends_on:%d/%m/%Y}"}, field="starts_on")
    row = Closure.objects.create(
        network_id=company.network_id,
        company=company,
        site=site,
        starts_on=starts_on,
        ends_on=ends_on,
        words=words.strip(),
        created_by_id=by.actor_id,
    )
    record_fact("hosts.closure.added", company, by=by, first=starts_on.isoformat(), last=ends_on.isoformat())
    _plan_again(company, starts_on, by=by)
    return row


@transaction.atomic
def remove_closure(*, closure: Closure, by: Access) -> None:
    """It was a mistake, or the company stays open after all: its days are expected again, but for months that are closed."""
    by.require(Permission.EDIT_COMPANIES)
    row = Closure.objects.select_for_update(of=("self",)).select_related("company").get(pk=closure.pk)
    record_fact("hosts.closure.removed", row.company, by=by, first=row.starts_on.isoformat(), last=row.ends_on.isoformat())
    row.delete()
    _plan_again(row.company, row.starts_on, by=by)


def _plan_again(company: Company, since: date, *, by: Access) -> None:
    """Every Ambito may have somebody there."""
    system = Access.system(network_id=by.network_id, ambito_id=None, reason="closure of a company")
    enqueue("attendance.resync_company", by=system, company_id=company.pk, since=since.isoformat())
