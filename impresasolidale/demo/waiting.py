"""What waits on the desks: to-dos, deadlines, and messages that have left."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from certification.enums import ApplicationState, CertificateState
from certification.services.certificates import EXPIRY
from certification.services.words import DECIDE
from companies.hosts.enums import LeadState
from companies.hosts.models import CompanyNote, Lead, Thread
from companies.hosts.services.diary import NEXT_STEP
from companies.hosts.services.leads import CALL_LEAD
from companies.hosts.services.threads import WRITTEN
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import CaseRole, Role
from impresasolidale.accounts.services import LINK_DAYS
from impresasolidale.core.models import Deadline, Message, Todo
from placements.agreements.enums import AgreementState, CommunicationKind, CoverKind, PlacementState
from placements.agreements.models import Communication, Cover, Placement
from placements.agreements.services.agreements import REMIND_DAYS
from placements.agreements.services.compliance import DUE, SEND_SOON
from placements.attendance.enums import MonthState, Outcome
from placements.attendance.models import AttendanceEvent
from placements.attendance.rules import next_month
from placements.attendance.selectors.watching import calls_for
from placements.attendance.services import ABSENCE_TODO, CALL_TODO, CONFIRM_TODO, LATE_TODO, MISSING_TODO, month_url, month_words
from placements.beneficiaries.models import Representative, StatusEvidence
from placements.beneficiaries.rules import EXPIRY_NOTICE_DAYS
from placements.beneficiaries.services.evidence import EVIDENCE_EXPIRES
from placements.beneficiaries.services.representation import DECREE_EXPIRES
from solidarity_fund.models import BenefitRequest
from solidarity_fund.services.requests import DECIDE as DECIDE_REQUEST
from solidarity_fund.services.requests import SCREEN

from .attendance import Sheet
from .fund import Fund
from .hosts import Hosts
from .placements import Placed
from .recognition import Recognition
from .world import World


def create_waiting(world: World, hosts: Hosts, placed: list[Placed], sheets: list[Sheet], fund: Fund, found: list[Recognition]) -> None:
    with translation.override("it"):
        _placements(world, placed)
        _sheets(world, sheets)
        _missing(world, sheets)
        _calls(world)
        _fund(world, fund)
        _recognitions(world, found)
        _deadlines(world, placed)
        _certificates(world)
        _communications(world)
        _companies(world)
        _messages(world, hosts)


def _owner(world: World, subject: Any) -> dict[str, int | None]:
    """As the program's own (core.todos): what an Ambito owns waits there alone."""
    ambito_id = getattr(subject, "ambito_id", None)
    return {"ambito_id": ambito_id, "network_id": None if ambito_id else world.network.pk}


def _todo(
    world: World, kind: str, subject: Any, title: str, url: str, role: str, due_on: date | None = None, *, case_role: str = ""
) -> None:
    world.new(
        Todo,
        kind=kind,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        title=title,
        url=url,
        role=role,
        case_role=case_role,
        due_on=due_on,
        **_owner(world, subject),
    )


def _placements(world: World, placed: list[Placed]) -> None:
    asked = {
        PlacementState.TO_SIGN: ("agreements.to_sign", "Raccogli le firme: {}", Role.SOCIAL_WORKER),
        PlacementState.SIGNED: ("agreements.to_validate", "Convalida il tirocinio: {}", Role.COORDINATOR),
    }
    for one in placed:
        if one.row.state in asked:
            kind, title, role = asked[PlacementState(one.row.state)]
            url = reverse("agreements:detail", args=[one.row.public_id])
            _todo(world, kind, one.row, title.format(one.person.row), url, role, one.row.starts_on - timedelta(days=1))
        last = AttendanceEvent.objects.filter(placement=one.row).order_by("-id").first() if one.is_falling else None
        if last:
            missed = AttendanceEvent.objects.filter(placement=one.row, outcome=Outcome.UNJUSTIFIED).order_by("-day").first() or last
            title = f"{one.person.row}: assenza senza avviso il {missed.day:%d/%m/%Y}"
            _todo(world, ABSENCE_TODO, one.row, title, month_url(one.row, missed.day), Role.SOCIAL_WORKER, missed.day)


def _sheets(world: World, sheets: list[Sheet]) -> None:
    for sheet in sheets:
        if sheet.row.state == MonthState.CLOSED:
            title = f"Presenze di {month_words(sheet.row.month)} da confermare: {sheet.one.person.row}"
            due_on = next_month(sheet.row.month).replace(day=sheet.one.district.rules.sheet_day_of_next_month)
            _todo(world, CONFIRM_TODO, sheet.row, title, month_url(sheet.one.row, sheet.row.month), Role.SOCIAL_WORKER, due_on)


def _missing(world: World, sheets: list[Sheet]) -> None:
    """Months nobody closed: the tutor's from the day of rule 31, the office's some days after, as the morning's job asks them."""
    for sheet in sheets:
        row, rules = sheet.row, sheet.one.district.rules
        due_on = next_month(row.month).replace(day=rules.sheet_day_of_next_month)
        if row.state != MonthState.OPEN or not (row.planned_minutes or row.done_minutes) or world.today < due_on:
            continue
        names = {"month": month_words(row.month), "person": sheet.one.person.row}
        url = month_url(sheet.one.row, row.month)
        asked = [(MISSING_TODO, "Chiudi le presenze di %(month)s: %(person)s", CaseRole.COMPANY_TUTOR)]
        if world.today >= due_on + timedelta(days=rules.sheet_office_days):
            asked.append((LATE_TODO, "Manca il foglio presenze di %(month)s: %(person)s", CaseRole.REFERENT))
        for kind, title, case_role in asked:
            _todo(world, kind, row, title % names, url, Role.SOCIAL_WORKER, due_on, case_role=case_role)


def _calls(world: World) -> None:
    """People to call this morning (ideas B13)."""
    for district in world.districts:
        access = Access.system(network_id=world.network.pk, ambito_id=district.ambito.pk, reason="demo")
        for sign in calls_for(access, world.today):
            row = Placement.objects.select_related("beneficiary").get(pk=sign.placement_id)
            title, url = f"Chiama {row.beneficiary}: {sign.words}", reverse("attendance:call", args=[row.public_id])
            _todo(world, CALL_TODO, row, title, url, Role.SOCIAL_WORKER, world.today, case_role=CaseRole.REFERENT)


def _fund(world: World, fund: Fund) -> None:
    asked = {
        BenefitRequest.State.SUBMITTED: ("Una richiesta di aiuto da guardare: {}", {SCREEN: Role.COORDINATOR, **DECIDE_REQUEST}),
        BenefitRequest.State.GRANTED: ("Un aiuto concesso da versare: {}", {"solidarity_fund.pay": Role.ACCOUNTING}),
    }
    for row in fund.requests:
        if row.state in asked:
            title, kinds = asked[BenefitRequest.State(row.state)]
            url = reverse("solidarity_fund:request", args=[row.public_id])
            for kind, role in kinds.items():
                _todo(world, kind, row, title.format(row.get_kind_display()), url, role)


def _recognitions(world: World, found: list[Recognition]) -> None:
    for r in found:
        if r.row.state == ApplicationState.READY:
            url = reverse("certification:decide", args=[r.row.public_id])
            _todo(world, DECIDE, r.row, f"Riconoscimento da decidere: {r.place.company}", url, Role.COORDINATOR)
        elif r.certificate and r.certificate.state == CertificateState.GRANTED:
            url, title = reverse("certification:detail", args=[r.certificate.public_id]), "Il riconoscimento di {} sta per scadere"
            assert r.certificate.valid_to
            _deadline(world, EXPIRY, r.certificate, title.format(r.place.company), url, Role.COORDINATOR, r.certificate.valid_to, 90)


def _deadlines(world: World, placed: list[Placed]) -> None:
    for cover in Cover.objects.order_by("pk"):
        kind = CoverKind(cover.kind).label
        title = f"Scade una copertura: {kind}, {cover.number}"
        _deadline(world, "agreements.cover_expires", cover, title, reverse("agreements:covers"), Role.CLERK, cover.valid_to, 30)
    plans = {one.agreement.row.pk: one.agreement for one in placed if one.agreement}
    for plan in plans.values():
        if plan.state == AgreementState.SIGNED:
            title = f"Finisce la convenzione con {plan.row.company}"
            url = reverse("agreements:agreement_detail", args=[plan.row.public_id])
            due_on = plan.row.valid_to
            _deadline(world, "agreements.framework_expires", plan.row, title, url, Role.SOCIAL_WORKER, due_on, REMIND_DAYS)
            if (due_on - world.today).days <= REMIND_DAYS:  # the night's reminder has already been
                _todo(world, "agreements.framework_expires", plan.row, title, url, Role.SOCIAL_WORKER, due_on)


def _certificates(world: World) -> None:
    """Decrees and certified statuses that expire: who follows the person is told two months before."""
    expiring: tuple[tuple[Any, str, str], ...] = (
        (Representative, DECREE_EXPIRES, "Scade il decreto di chi rappresenta {}"),
        (StatusEvidence, EVIDENCE_EXPIRES, "Scade una condizione certificata di {}"),
    )
    for model, kind, words in expiring:
        for row in model.objects.filter(valid_to__gte=world.today).select_related("beneficiary").order_by("pk"):
            title, url = words.format(row.beneficiary), reverse("beneficiaries:detail", args=[row.beneficiary.public_id])
            _deadline(world, kind, row, title, url, Role.SOCIAL_WORKER, row.valid_to, EXPIRY_NOTICE_DAYS)
            if (row.valid_to - world.today).days <= EXPIRY_NOTICE_DAYS:
                _todo(world, kind, row, title, url, Role.SOCIAL_WORKER, row.valid_to)


def _communications(world: World) -> None:
    open_ones = Communication.objects.filter(sent_on=None, annulled_at=None).select_related("placement__beneficiary").order_by("pk")
    for row in open_ones:
        title = f"Comunicazione obbligatoria, {CommunicationKind(row.kind).label}: {row.placement.beneficiary}"
        url = reverse("agreements:communication_sent", args=[row.public_id])
        _deadline(world, DUE, row, title, url, Role.CLERK, row.due_on, SEND_SOON)
        if (row.due_on - world.today).days <= SEND_SOON:  # the night's reminder has already been
            _todo(world, DUE, row, title, url, Role.CLERK, row.due_on)


def _deadline(world: World, kind: str, subject: Any, title: str, url: str, role: str, due_on: date, remind_days: int) -> None:
    world.new(
        Deadline,
        kind=kind,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        title=title,
        url=url,
        role=role,
        due_on=due_on,
        remind_days=remind_days,
        **_owner(world, subject),
    )


def _companies(world: World) -> None:
    """Who came forward and waits for a call, next steps of the diary, messages without an answer, a yes by mail."""
    for lead in Lead.objects.filter(state=LeadState.NEW).select_related("comune"):
        title = f"Un'impresa si fa avanti: chiama {lead.company_name}, {lead.comune}"
        url = reverse("hosts:lead", args=[lead.public_id])
        _todo(world, CALL_LEAD, lead, title, url, Role.SOCIAL_WORKER, world.today + timedelta(days=2))
    for thread in Thread.objects.select_related("company"):
        url = reverse("hosts:thread", args=[thread.company.public_id, thread.public_id])
        title = f"{thread.company} ha scritto: {thread.subject}"
        _todo(world, WRITTEN, thread, title, url, Role.SOCIAL_WORKER, world.today + timedelta(days=2))
    for note in CompanyNote.objects.exclude(next_on=None).select_related("company"):
        assert note.next_on
        url = reverse("hosts:notes", args=[note.company.public_id])
        _deadline(world, NEXT_STEP, note, f"{note.company}: {note.next_step}", url, Role.SOCIAL_WORKER, note.next_on, 3)


def _messages(world: World, hosts: Hosts) -> None:
    """Invitations to the tutors' portal of the last weeks; one came back."""
    with_access = [t for t in hosts.tutors if t.user]
    for n, tutor in enumerate(with_access[-10:]):
        assert tutor.user
        url = f"{settings.BASE_URL}/accesso/invito/{world.uuid('invitation', n).hex}/"
        came_back = n == 4
        world.new(
            Message,
            network=world.network,
            ambito=world.districts[n % 3].ambito,
            kind="accounts.invitation",
            address=tutor.email,
            subject="Il tuo accesso a Impresasolidale",
            body=render_to_string("accounts/email/invitation.txt", {"user": tutor.user, "url": url, "days": LINK_DAYS, "known": False}),
            is_personal=True,
            state=Message.State.BOUNCED if came_back else Message.State.SENT,
            sent_at=world.at(world.ago(40 - 4 * n), 9, n),
            error="La casella non esiste (codice 550)." if came_back else "",
            about_type="accounts.user",
            about_id=tutor.user.pk,
        )


def date_messages() -> None:
    """Messages were written when they were sent."""
    Message.objects.update(created_at=F("sent_at"))
