"""Once a year a light check: one tap of the company, one look of the office (rule 83). And what ends: told in time."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.services import renew_declarations
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired
from impresasolidale.core.models import Todo
from impresasolidale.core.words import in_italian
from impresasolidale.territory.selectors import common_rules

from ..enums import OPEN, CertificateState, ProcedureKind, ReasonClass, StillHost
from ..models import Application, Certificate, Procedure, YearCheck
from ..rules import checks_due
from ..selectors.assessment import declarations_wanted
from ..selectors.conflicts import works_for
from ..selectors.facts import facts_of
from .procedures import open_procedure
from .words import ask_office, write_to

ASKED, RENEW = "certification.year_check", "certification.renew"
ASKED_SUBJECT = gettext_lazy("Il vostro riconoscimento: una domanda sola, una volta all'anno")
RENEW_SUBJECT = gettext_lazy("Il vostro riconoscimento sta per finire")
LOOK, MISSED = "certification.look", "certification.missed"
AHEAD, AGAIN, LATE = 30, 14, 30  # days: asked before the day, told again and said to the office after it


@transaction.atomic
def ask_checks(*, by: Access, today: date) -> int:
    """Every night: who is near the day is asked; who did not answer is told again, then the office is. Returns how many were asked."""
    held = Certificate.objects.filter(state=CertificateState.GRANTED, valid_to__gte=today, application__isnull=False)
    asked = 0
    known = set(YearCheck.objects.values_list("certificate_id", "due_on"))
    for certificate in held.select_related("company"):
        assert certificate.valid_to
        for due_on in checks_due(certificate.valid_from, certificate.valid_to):
            if due_on - timedelta(days=AHEAD) <= today <= due_on + timedelta(days=AHEAD) and (certificate.pk, due_on) not in known:
                _ask(certificate, due_on, by=by, today=today)
                asked += 1
    for check in _unanswered(before=today - timedelta(days=AGAIN)).filter(reminded_on=None):
        check.reminded_on = today
        check.save(update_fields=["reminded_on"])
        _write(check, by=by, today=today)
    for check in _unanswered(before=today - timedelta(days=LATE)):
        title = in_italian(
            "La verifica dell'anno di %(company)s non è stata fatta: c'è un preavviso pronto", company=check.certificate.company
        )
        if not _was_asked(MISSED, check):
            where = [check.certificate.public_id, check.public_id]
            ask_office(MISSED, title, check, reverse("certification:missed", args=where), by=by)
    return asked


def is_missed(check: YearCheck, today: date) -> bool:
    """Nobody answered, the reminder included, and a month has gone by since the day."""
    return check.answered_on is None and check.due_on <= today - timedelta(days=LATE)


def grounds_of(check: YearCheck) -> str:
    """What the pre-notice would say: the person who sends it reads it first, and may change it."""
    if check.reminded_on is None:
        return in_italian("La verifica dell'anno, da fare entro il %(due)s, non ha avuto risposta.", due=lambda: f"{check.due_on:%d/%m/%Y}")
    return in_italian(
        "La verifica dell'anno, da fare entro il %(due)s, non ha avuto risposta, nemmeno dopo il promemoria del %(again)s.",
        due=lambda: f"{check.due_on:%d/%m/%Y}",
        again=lambda: f"{check.reminded_on:%d/%m/%Y}",
    )


@transaction.atomic
def announce_missed(*, check: YearCheck, grounds: str, by: Access, today: date) -> Procedure:
    """The pre-notice of a suspension, for a check that was not done; a person sends it, nothing falls by itself (rule 83).

    Raises Conflict for a check that was answered or is not late yet, and all that opening a procedure raises.
    """
    by.require(Permission.DECIDE_CERTIFICATES)
    row: YearCheck = YearCheck.objects.select_for_update(of=("self",), no_key=True).select_related("certificate").get(pk=check.pk)
    if not is_missed(row, today):
        raise Conflict(_("Per questa verifica un preavviso non serve: l'impresa ha risposto, o è ancora in tempo."))
    made = open_procedure(
        certificate=row.certificate,
        kind=ProcedureKind.SUSPENSION,
        reason_class=ReasonClass.NO_CHECK,
        grounds=grounds,
        by=by,
        today=today,
    )
    todos.done(kind=MISSED, subject=row, by=by)
    return made


def _unanswered(*, before: date) -> Any:
    rows = YearCheck.objects.filter(answered_on=None, due_on__lte=before, certificate__state=CertificateState.GRANTED)
    return rows.select_related("certificate__company").order_by("id")


def _was_asked(kind: str, check: YearCheck) -> bool:
    return Todo.objects.filter(kind=kind, subject_type="certification.yearcheck", subject_id=check.pk).exists()


def _ask(certificate: Certificate, due_on: date, *, by: Access, today: date) -> YearCheck:
    facts = facts_of(by, [certificate.company_id], today)[certificate.company_id]
    check = YearCheck.objects.create(
        network_id=certificate.network_id, certificate=certificate, due_on=due_on, asked_on=today, facts=facts.to_json()
    )
    record_fact("certification.year_check.asked", certificate, by=by, due_on=due_on.isoformat())
    _write(check, by=by, today=today)
    return check


def _write(check: YearCheck, *, by: Access, today: date) -> None:
    write_to(
        check.certificate.company,
        kind=ASKED,
        subject=ASKED_SUBJECT,
        template="certification/email/year_check.txt",
        context={"due_on": check.due_on, "level": check.certificate.get_level_display()},
        about=check,
        by=by,
        today=today,
    )


@transaction.atomic
def answer_check(*, check: YearCheck, still: str, signed_by: str, law68: bool, safety: bool, by: Access, today: date) -> YearCheck:
    """The company's one tap: whether it still welcomes people, and that it is in order. Raises PermissionDenied for anybody else's,
    DomainError without the declarations that are too old, Conflict for a second answer."""
    row: YearCheck = YearCheck.objects.select_for_update(of=("self",), no_key=True).select_related("certificate__company").get(pk=check.pk)
    company = row.certificate.company
    by.require_of(Permission.CHECK_CERTIFICATES, company.pk)
    if row.answered_on:
        raise Conflict(_("Avete già risposto, grazie."))
    if still not in StillHost.values:
        raise DomainError(_("Scegli una delle risposte."), field="still")
    if not signed_by.strip():
        raise DomainError(_("Scrivi chi dichiara, per l'impresa."), field="signed_by")
    said = {"law68": law68, "safety": safety}
    wanted = declarations_wanted(company, today=today)
    if missing := [name for name in wanted if not said[name]]:
        raise DomainError(_("Questa dichiarazione ha più di un anno: va fatta di nuovo."), field=missing[0])
    if wanted:
        renew_declarations(company=company, names=wanted, by=by, today=today)
    facts = facts_of(by, [company.pk], today)[company.pk]
    row.answered_on, row.still, row.signed_by, row.facts = today, still, signed_by.strip(), facts.to_json()
    row.row_version += 1
    row.save(update_fields=["answered_on", "still", "signed_by", "facts", "row_version"])
    record_fact("certification.year_check.answered", row.certificate, by=by, still=still)
    todos.done(kind=MISSED, subject=row, by=by)
    title = in_italian("La verifica dell'anno di %(company)s da guardare", company=company)
    ask_office(LOOK, title, row, reverse("certification:detail", args=[row.certificate.public_id]), by=by)
    return row


@transaction.atomic
def look_at_check(*, check: YearCheck, note: str, by: Access, today: date) -> YearCheck:
    """The office looked: it stands. What does not stand becomes a procedure. Raises Conflict before the answer, or twice."""
    by.require(Permission.CHECK_CERTIFICATES)
    row: YearCheck = YearCheck.objects.select_for_update(of=("self",), no_key=True).select_related("certificate__company").get(pk=check.pk)
    if works_for(by.actor, row.certificate.company):
        raise FourEyesRequired(_("Lavori per questa impresa, o con lei: se ne occupa un'altra persona."))
    if row.answered_on is None or row.looked_on:
        raise Conflict(_("Non c'è niente da guardare."))
    row.looked_on, row.looked_by_id, row.note = today, by.actor_id, note.strip()[:300]
    row.row_version += 1
    row.save(update_fields=["looked_on", "looked_by", "note", "row_version"])
    record_fact("certification.year_check.looked", row.certificate, by=by)
    todos.done(kind=LOOK, subject=row, by=by)
    return row


@transaction.atomic
def remind_renewals(*, by: Access, today: date) -> int:
    """The day the renewal opens the company is told, once. Returns how many were told."""
    told = 0
    for network_id in set(Certificate.objects.values_list("network_id", flat=True)):
        days = common_rules(network_id, today).certificate_reminder_days
        ending = Certificate.objects.filter(
            network_id=network_id, state=CertificateState.GRANTED, valid_to=today + timedelta(days=days), application__isnull=False
        )
        asking = Application.objects.filter(state__in=OPEN).values("company_id")
        for certificate in ending.exclude(company_id__in=asking).select_related("company"):
            told += bool(
                write_to(
                    certificate.company,
                    kind=RENEW,
                    subject=RENEW_SUBJECT,
                    template="certification/email/renew.txt",
                    context={"valid_to": certificate.valid_to, "level": certificate.get_level_display()},
                    about=certificate,
                    by=by,
                    today=today,
                )
            )
    return told
