"""Other programs are told what happens here: who is told what, the telling by a job, and what is done when nobody listens (adr/0040)."""

import ipaddress
import ssl
from collections.abc import Collection
from datetime import datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import jobs, outside, todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError

from .. import hooks
from ..enums import Fault, NoticeOutcome
from ..models import Hook, HookNotice

OFF_TODO = "exchange.hook_off"
# After each attempt that went wrong the next one comes so much later: five attempts over a day.
AGAIN = (timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=3), timedelta(hours=20))
ATTEMPTS = len(AGAIN) + 1
# A program that does not answer is left alone for all its notices, the longer the more often: one call a time costs a worker five seconds.
QUIET = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
OFF_AFTER = timedelta(days=5)
BOTH_SECRETS = timedelta(days=1)
KEPT = timedelta(days=30)
MOST = 20  # programs of an Ambito


# --- Who is told what


@transaction.atomic
def add_hook(*, name: str, url: str, events: Collection[str], by: Access) -> tuple[Hook, str]:
    """Tell a program what happens from now on. Its secret is returned, once. DomainError on "url" or "events"."""
    by.require(Permission.KEEP_HOOKS)
    _check(url, events)
    if Hook.objects.filter(ambito_id=by.ambito_id, is_on=True).count() >= MOST:
        raise DomainError(_("Ci sono già %(n)d programmi: spegni gli avvisi a uno che non serve più.") % {"n": MOST})
    secret = hooks.new_secret()
    row = Hook.objects.create(
        ambito_id=by.ambito_id, name=name.strip(), url=url, events=sorted(events), secret=secret, created_by_id=by.actor_id
    )
    record_fact("exchange.hook.added", row, by=by, events=row.events)
    return row, secret


@transaction.atomic
def change_hook(*, hook: Hook, name: str, url: str, events: Collection[str], by: Access) -> Hook:
    by.require(Permission.KEEP_HOOKS)
    _check(url, events)
    row = _locked(hook)
    row.name, row.url, row.events = name.strip(), url, sorted(events)
    row.save(update_fields=["name", "url", "events"])
    record_fact("exchange.hook.changed", row, by=by, events=row.events)
    return row


@transaction.atomic
def new_secret(*, hook: Hook, by: Access, now: datetime) -> str:
    """Another secret, returned once; the one before signs beside it for a day, so that nothing is lost while the program changes."""
    by.require(Permission.KEEP_HOOKS)
    row = _locked(hook)
    row.old_secret, row.secret, row.rotated_at = row.secret, hooks.new_secret(), now
    row.save(update_fields=["old_secret", "secret", "rotated_at"])
    record_fact("exchange.hook.secret_changed", row, by=by)
    return str(row.secret)


@transaction.atomic
def switch_hook(*, hook: Hook, is_on: bool, by: Access) -> Hook:
    """Off: nothing more is noted for it, and what waits is given up when its turn comes. On again: from now on."""
    by.require(Permission.KEEP_HOOKS)
    row = _locked(hook)
    if row.is_on != is_on:
        _switch(row, is_on)
        record_fact("exchange.hook.switched_on" if is_on else "exchange.hook.switched_off", row, by=by)
        if is_on:
            todos.done(kind=OFF_TODO, subject=row, by=by)
    return row


@transaction.atomic
def send_test(*, hook: Hook, by: Access, now: datetime) -> HookNotice:
    """A notice that says nothing, to see whether the program hears; also while it is off."""
    by.require(Permission.KEEP_HOOKS)
    row = HookNotice.objects.create(ambito_id=hook.ambito_id, hook=hook, at=now, due_at=now)
    jobs.enqueue("exchange.tell", by=by, notice_id=row.pk, at_once=True)
    return row


@transaction.atomic
def send_again(*, notice: HookNotice, by: Access, now: datetime) -> HookNotice:
    """What did not arrive, or must arrive again: the same id, so that a program that has it already knows. Not while it is on its way."""
    by.require(Permission.KEEP_HOOKS)
    row: HookNotice = HookNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if row.outcome == NoticeOutcome.WAITING and not row.attempts:
        raise DomainError(_("Sta già per partire."))
    row.outcome, row.attempts, row.due_at = NoticeOutcome.WAITING, 0, now
    row.save(update_fields=["outcome", "attempts", "due_at"])
    jobs.enqueue("exchange.tell", by=by, notice_id=row.pk, at_once=True)
    return row


def _check(url: str, events: Collection[str]) -> None:
    if not events or set(events) - hooks.EVENTS.keys():
        raise DomainError(_("Scegli almeno una cosa da dire."), field="events")
    try:
        host, port, _asked = outside.place_of(url)
    except outside.NotThere:
        words = _("Serve un indirizzo intero che comincia con https://, senza nome né password.")
        raise DomainError(words, field="url") from None
    allowed = host in settings.HOOK_HOSTS or f"{host}:{port}" in settings.HOOK_HOSTS
    if not allowed and _is_inside(host):
        raise DomainError(_("È un indirizzo di una rete interna: lo deve prima permettere chi gestisce il programma."), field="url")


def _is_inside(host: str) -> bool:
    """What can be said without asking the network; whoever has a name is looked up when it is called."""
    try:
        return not outside.is_open(str(ipaddress.ip_address(host)))
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan", ".home.arpa")) or "." not in host


def _locked(hook: Hook) -> Hook:
    row: Hook = Hook.objects.select_for_update(of=("self",), no_key=True).get(pk=hook.pk)
    return row


def _switch(row: Hook, is_on: bool) -> None:
    row.is_on, row.failures, row.failing_since, row.quiet_until = is_on, 0, None, None
    row.save(update_fields=["is_on", "failures", "failing_since", "quiet_until"])


# --- The telling


def tell(*, notice_id: int, at_once: bool, by: Access, now: datetime) -> str:
    """The job: one attempt, in a transaction of its own. A worker that dies after the call and before its commit leaves the notice waiting:
    it is told again, with the same id. `at_once`: somebody asked for it, whatever the program did before. Returns what came of it."""
    notice = HookNotice.objects.select_for_update(of=("self",)).select_related("hook").filter(pk=notice_id).first()
    if notice is None or notice.outcome != NoticeOutcome.WAITING:
        return "over"
    hook = notice.hook
    if not hook.is_on and not at_once:
        _finish(notice, NoticeOutcome.FAILED, Fault.OFF)
        return Fault.OFF
    if hook.quiet_until and hook.quiet_until > now and not at_once:
        return _later(notice, hook.quiet_until, by)
    data = _about(notice)
    if data is None:
        _finish(notice, NoticeOutcome.FAILED, Fault.MISSING)
        return Fault.MISSING
    fault, status = _call(hook, notice, data, now)
    notice.attempts, notice.told_at, notice.fault, notice.status = notice.attempts + 1, now, fault, status
    if not fault:
        _finish(notice, NoticeOutcome.SENT)
        _heard(hook, by)
        return "sent"
    is_off = _unheard(hook, fault, by=by, now=now)
    if notice.attempts >= ATTEMPTS or at_once or is_off:
        _finish(notice, NoticeOutcome.FAILED, fault)
    else:
        _later(notice, now + AGAIN[notice.attempts - 1], by)
    return fault


def _about(notice: HookNotice) -> dict[str, str] | None:
    """Of what a notice speaks: its public id and the address that says more; None where it is gone."""
    if not notice.code:
        return {"id": str(notice.hook.public_id)}
    rows = apps.get_model(notice.subject_type)._default_manager.filter(pk=notice.subject_id)
    found = rows.values_list("public_id", flat=True).first()
    event = hooks.EVENTS.get(notice.code)
    if found is None or event is None:
        return None
    return {"id": str(found), "url": f"{settings.BASE_URL}{reverse(event.route, args=[found])}"}


def _call(hook: Hook, notice: HookNotice, data: dict[str, str], now: datetime) -> tuple[str, int | None]:
    """(what went wrong, the status it answered)."""
    kind = hooks.EVENTS[notice.code].name if notice.code else hooks.TRIAL
    body = hooks.body_of(kind, notice.at, data)
    known = [hook.secret]
    if hook.old_secret and hook.rotated_at and hook.rotated_at > now - BOTH_SECRETS:
        known.append(hook.old_secret)
    said = hooks.headers(f"msg_{notice.public_id.hex}", int(now.timestamp()), body, known)
    try:
        status = outside.post_to(hook.url, body, headers=said, allowed=settings.HOOK_HOSTS)
    except outside.NotThere as error:
        return Fault(error.why), None
    except TimeoutError:
        return Fault.SILENT, None
    except ssl.SSLError:
        return Fault.SAFETY, None
    except OSError:
        return Fault.CLOSED, None
    if 200 <= status < 300:
        return "", status
    return Fault.GONE if status == 410 else Fault.ELSEWHERE if 300 <= status < 400 else Fault.STATUS, status


def _finish(notice: HookNotice, outcome: str, fault: str = "") -> None:
    notice.outcome, notice.fault = outcome, fault
    notice.save(update_fields=["outcome", "fault", "attempts", "told_at", "status"])


def _later(notice: HookNotice, at: datetime, by: Access) -> str:
    notice.due_at = at
    notice.save(update_fields=["due_at", "fault", "attempts", "told_at", "status"])
    jobs.enqueue("exchange.tell", by=by, run_after=at, notice_id=notice.pk, at_once=False)
    return "later"


def _heard(hook: Hook, by: Access) -> None:
    if hook.failing_since:
        row = _locked(hook)
        row.failures, row.failing_since, row.quiet_until = 0, None, None
        row.save(update_fields=["failures", "failing_since", "quiet_until"])


def _unheard(hook: Hook, fault: str, *, by: Access, now: datetime) -> bool:
    """It is left alone for a while; after some days of nothing else, or when it says so itself, it is switched off and somebody is told.
    Returns whether it is off."""
    row = _locked(hook)
    if not row.is_on:
        return True
    row.failing_since = row.failing_since or now
    row.failures += 1
    row.quiet_until = now + QUIET[min(row.failures, len(QUIET)) - 1]
    row.save(update_fields=["failures", "failing_since", "quiet_until"])
    if fault != Fault.GONE and now - row.failing_since < OFF_AFTER:
        return False
    since = row.failing_since
    _switch(row, False)
    record_fact("exchange.hook.given_up", row, by=by, fault=str(fault), since=since.isoformat())
    with translation.override("it"):  # what is stored reads the same whoever caused it
        todos.ask(
            kind=OFF_TODO,
            subject=row,
            title=_("Avvisi spenti: il programma «%(name)s» non li riceve") % {"name": row.name},
            url=reverse("exchange:hook", args=[row.public_id]),
            role=Role.COORDINATOR,
            by=by,
            due_on=timezone.localdate(now),
        )
    return True


def forget_notices(*, now: datetime) -> int:
    """Every night: what was told a month ago is forgotten."""
    gone, _each = HookNotice.objects.filter(at__lt=now - KEPT).exclude(outcome=NoticeOutcome.WAITING).delete()
    return gone
