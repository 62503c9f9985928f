"""Companies looked up in registers outside, when this installation asks one."""

import logging
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.outside import Refused
from impresasolidale.core.todos import ask, done

from ..enums import RegisterAnswer
from ..models import Company, RegisterCheck
from ..registers import Found, Register, Strange, registers

log = logging.getLogger(__name__)
GONE = "hosts.company_gone"
AGAIN_DAYS = 30  # a company is asked for about once a month…
A_NIGHT = 200  # …and so many a night, the longest unasked first
SETTLED = (RegisterAnswer.ACTIVE, RegisterAnswer.CEASED, RegisterAnswer.ABSENT)


@transaction.atomic
def ask_registers(*, company: Company, by: Access) -> bool:
    """Have a company looked up soon; False when nobody is asked here, or it has no VAT number."""
    by.require(Permission.EDIT_COMPANIES)
    if not registers() or not company.partita_iva:
        return False
    enqueue("hosts.check_company", by=by, company_id=company.pk)
    return True


def check_now(*, company: Company, by: Access) -> None:
    """As `ask_registers`, of somebody who wants it. Raises DomainError where nothing is asked."""
    if not ask_registers(company=company, by=by):
        raise DomainError(_("Serve la partita IVA, e un registro da interrogare: lo sceglie chi amministra il programma."))


def check_company(*, company_id: int, by: Access) -> list[RegisterCheck]:
    """Ask every register of this installation and keep what it says. Silence, refusals and nonsense are kept too: nothing else stops."""
    company = Company.objects.filter(pk=company_id, merged_into=None).exclude(partita_iva="").first()
    return [] if company is None else [_check(company, register, by) for register in registers()]


def _check(company: Company, register: Register, by: Access) -> RegisterCheck:
    before = RegisterCheck.objects.filter(company=company, register=register.code, answer__in=SETTLED).order_by("-id").first()
    try:
        found = register.look_up(company.partita_iva)
    except (Refused, OSError, Strange, ValueError) as error:
        log.warning("%s did not answer of company %s: %s", register.code, company.pk, type(error).__name__)
        found = Found(RegisterAnswer.NO_ANSWER)
    row = RegisterCheck.objects.create(
        network_id=company.network_id,
        company=company,
        register=register.code,
        partita_iva=company.partita_iva,
        answer=found.answer,
        name=found.name,
        address=found.address,
    )
    was_there = before is not None and before.answer == RegisterAnswer.ACTIVE and before.partita_iva == company.partita_iva
    if found.answer == RegisterAnswer.CEASED or (found.answer == RegisterAnswer.ABSENT and was_there):
        ask(
            kind=GONE,
            subject=company,
            title=str(_("%(company)s: sul registro non c'è più. Sentila") % {"company": company}),
            url=reverse("hosts:detail", args=[company.public_id]),
            role=Role.SOCIAL_WORKER,
            by=by,
            everywhere=True,
        )
        record_fact("hosts.company.found_gone", company, by=by, register=register.code, answer=found.answer)
    elif found.answer == RegisterAnswer.ACTIVE:
        done(kind=GONE, subject=company, by=by)
    return row


@transaction.atomic
def check_many(*, today: date) -> int:
    """Every night: the companies that no register was asked about for a month, each a job of its own. Returns how many."""
    if not registers():
        return 0
    lately = RegisterCheck.objects.filter(company=OuterRef("pk"), created_at__date__gt=today - timedelta(days=AGAIN_DAYS))
    wanted = Company.objects.filter(~Exists(lately), merged_into=None).exclude(partita_iva="").order_by("pk")
    rows = list(wanted[:A_NIGHT])
    for company in rows:
        system = Access.system(network_id=company.network_id, ambito_id=None, reason="companies still there")
        enqueue("hosts.check_company", by=system, company_id=company.pk)
    return len(rows)
