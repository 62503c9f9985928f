"""A figure that does not agree with another is an alarm, whoever finds it: a line in the log, a to-do, a mail at once."""

import logging
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import messages, todos

log = logging.getLogger(__name__)

KIND = "treasury.difference"
# The to-do of each role, opened and closed together.
ASKED = {KIND: Role.COORDINATOR, "treasury.difference_books": Role.ACCOUNTING}
SUBJECT = _("Un saldo non torna")
DAY = timedelta(hours=20)  # the same difference is one mail a night


def raise_alarm(*, subject: Any, words: str | Promise, url: str, by: Access, today: date) -> None:
    """`words` say what differs, without a name of anybody: they go into mails. Safe to repeat every night."""
    log.error("%s %s: the books do not agree", subject._meta.label_lower, subject.pk)
    with translation.override(settings.LANGUAGE_CODE):
        title = str(words)
    for kind, role in ASKED.items():
        todos.ask(kind=kind, subject=subject, title=title, url=url, role=role, by=by, is_mandatory=True, everywhere=by.ambito_id is None)
    held = Membership.objects.in_force(today).filter(role__in=ASKED.values(), network_id=by.network_id, user__is_active=True)
    if by.ambito_id:
        held = held.filter(ambito_id=by.ambito_id)
    told: dict[str, Any] = {row.user.email: row.user for row in held.select_related("user").order_by("id")}
    for address, user in told.items():
        with suppress(messages.TooSoon):
            messages.send(
                kind=KIND,
                address=address,
                language=user.language,
                subject=SUBJECT,
                template="treasury/email/difference.txt",
                context={"user": user, "words": words, "url": f"{settings.BASE_URL}{url}"},
                by=by,
                about=subject,
                cooldown=DAY,
            )


def alarmed(model: type[models.Model]) -> set[int]:
    """The rows of a model with an alarm that stands, in every office this access reaches: read once, before what agrees is cleared."""
    return todos.open_subjects(kind=ASKED, model=model)


def open_differences() -> int:
    """How many differences stand in all offices of the networks in reach, also where the rows are out of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT treasury_open_differences()")
        return int(cursor.fetchone()[0])


def clear_alarm(*, subject: Any, by: Access) -> None:
    """It agrees again."""
    todos.done(kind=ASKED, subject=subject, by=by)
