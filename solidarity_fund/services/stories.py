"""Stories without a name: written, read by the person, published by somebody else, taken back on any day (rules 57 and 71)."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.accounts.services import OutsideAct, require_second_key
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.transitions import perform
from impresasolidale.core.views import check_version
from placements.agreements.models import Placement

from ..models import Story
from ..selectors import stories as selectors
from ..transitions import STORY

FIELDS = ("title", "text", "names_host", "host_agreed_on", "host_agreed_by")


@transaction.atomic
def write_story(*, placement: Placement, values: dict[str, Any], by: Access, today: date) -> Story:
    """A first text, for the person to read. Raises DomainError for words that say whose it is."""
    by.require(Permission.TELL_STORIES)
    row = Story(ambito_id=placement.ambito_id, placement=placement, created_by_id=by.actor_id, written_by_id=by.actor_id)
    _fill(row, values, today)
    row.save(force_insert=True)
    record_fact("solidarity_fund.story.written", row, by=by)
    return row


@transaction.atomic
def rewrite_story(*, story: Story, values: dict[str, Any], seen: int, by: Access, today: date) -> Story:
    """Other words: the person reads them again. Raises Conflict, TransitionNotAllowed for one that is public or withdrawn."""
    row: Story = Story.objects.select_for_update(of=("self",), no_key=True).get(pk=story.pk)
    check_version(row, seen)
    if row.state != Story.State.DRAFT:
        row = perform(STORY, "rewritten", row, by=by, consent=None, agreed_on=None, agreed_by_id=None)
    by.require(Permission.TELL_STORIES)
    _fill(row, values, today)
    row.written_by_id = by.actor_id
    row.row_version += 1
    row.save()
    record_fact("solidarity_fund.story.edited", row, by=by)
    return row


def _fill(row: Story, values: dict[str, Any], today: date) -> None:
    for name in FIELDS:
        value = values[name]
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    if row.names_host and not (row.host_agreed_on and row.host_agreed_by):
        raise DomainError(_("Per dire il nome dell'impresa serve il suo sì: chi l'ha detto e quando."), field="host_agreed_by")
    if row.host_agreed_on and row.host_agreed_on > today:
        raise DomainError(_("Il giorno è nel futuro."), field="host_agreed_on")
    if not row.names_host:
        row.host_agreed_on, row.host_agreed_by = None, ""
    _refuse_telling(row)


def _refuse_telling(row: Story) -> None:
    """Raises DomainError for words that say whose story it is: fail closed, whoever wrote it finds others."""
    for field in ("title", "text"):
        if words := selectors.telling_words(row.placement, getattr(row, field), names_host=row.names_host):
            text = _("Queste parole fanno riconoscere qualcuno: %(words)s. Scrivi in un altro modo.")
            raise DomainError(text % {"words": ", ".join(f"«{word}»" for word in words)}, field=field)


@transaction.atomic
def record_reading(*, story: Story, read_on: date, by: Access, today: date) -> Story:
    """The person read these very words and agreed. Raises DomainError without a consent to testimony that holds (rule 57)."""
    consent = selectors.consent_to_tell(story.placement, on=today)

    def guard(row: Story) -> None:
        if read_on > today:
            raise DomainError(_("Il giorno è nel futuro: scrivi quando l'ha letta."), field="read_on")
        if consent is None:
            words = _("Manca il consenso a raccontare la propria esperienza: si registra nella scheda della persona.")
            raise DomainError(words, field="read_on")
        if consent.given_on > read_on:
            raise DomainError(_("Quel giorno il consenso non c'era ancora."), field="read_on")

    agreed: Story = perform(STORY, "agreed", story, by=by, guard=guard, consent=consent, agreed_on=read_on, agreed_by_id=by.actor_id)
    return agreed


@transaction.atomic
def publish_story(*, story: Story, seen: int, by: Access, act: OutsideAct | None = None) -> Story:
    """A second person looks at the words again and makes them everybody's: never who wrote them last, nor who recorded the reading.

    Raises FourEyesRequired, Conflict, DomainError when the consent was revoked meanwhile or a name came to be in the words.
    """

    def guard(row: Story) -> None:
        check_version(row, seen)
        for author_id in row.authors:
            require_second_key(first_id=author_id, by=by, act=act)
        if row.consent is None or row.consent.revoked_on:
            raise DomainError(_("La persona ha revocato il consenso: la storia non si pubblica."))
        _refuse_telling(row)

    row: Story = perform(
        STORY,
        "published",
        story,
        by=by,
        guard=guard,
        published_by_id=by.actor_id,
        published_at=timezone.now(),
        act_number=act.number.strip() if act else "",
        act_on=act.on if act else None,
    )
    return row


@transaction.atomic
def withdraw_story(*, story: Story, by: Access) -> Story:
    """It is public no more, from this moment. No reason is asked. Raises TransitionNotAllowed."""
    row: Story = perform(STORY, "withdrawn", story, by=by)
    return row
