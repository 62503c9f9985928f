"""Pages of the site: written by one person, published by another; a picture is there only while everybody in it agrees."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image as Picture

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.accounts.services import require_second_key
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.images import bare_photo
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import check_upload, hash_of, keep_file
from impresasolidale.core.views import check_version
from impresasolidale.territory.models import Network
from solidarity_fund.rules import tell_tale

from .models import Article, ImageConsent, Photo
from .rules import next_statement
from .transitions import ARTICLE

FIELDS = ("kind", "title", "summary", "text", "company", "company_agreed_by", "company_agreed_on")
APPROVE, STATEMENT = "website.approve", "website.statement"  # kinds of to-do
PHOTO, CONSENT = "website.photo", "website.consent"  # folders of the storage
PHOTO_SIDE = 1200  # pixels: as wide as a page of the site is
NOT_PUBLIC: dict[str, Any] = {"published_by_id": None, "published_at": None}
REMIND_DAYS = 60  # before 23 September: the self-assessment takes its time


# --- Words


@transaction.atomic
def write_article(*, values: Mapping[str, Any], by: Access, today: date) -> Article:
    """A first text. Raises DomainError beside the field."""
    by.require(Permission.EDIT_SITE)
    row = Article(network_id=by.network_id, created_by_id=by.actor_id, written_by_id=by.actor_id)
    _fill(row, values, today)
    row.save(force_insert=True)
    record_fact("website.article.written", row, by=by)
    return row


@transaction.atomic
def rewrite_article(*, article: Article, values: Mapping[str, Any], seen: int, by: Access, today: date) -> Article:
    """Other words: who is to approve reads them again. Raises Conflict, TransitionNotAllowed for one that is public or withdrawn."""
    by.require(Permission.EDIT_SITE)
    row = _open(article, seen=seen, by=by)
    _fill(row, values, today)
    row.row_version += 1
    row.save()
    record_fact("website.article.edited", row, by=by)
    return row


def _open(article: Article, *, by: Access, seen: int | None = None) -> Article:
    """The locked page, in preparation again if it was waiting; whoever opens it is an author. Raises Conflict, TransitionNotAllowed."""
    row: Article = Article.objects.select_for_update(of=("self",), no_key=True).get(pk=article.pk)
    if seen is not None:
        check_version(row, seen)
    if row.state != Article.State.DRAFT:
        row = perform(ARTICLE, "rewritten", row, by=by, proposed_by_id=None)
        todos.done(kind=APPROVE, subject=row, by=by)
    row.written_by_id = by.actor_id
    return row


def _fill(row: Article, values: Mapping[str, Any], today: date) -> None:
    for name in FIELDS:
        value = values[name]
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    if row.company is None:
        row.company_agreed_by, row.company_agreed_on = "", None
    elif not (row.company_agreed_on and row.company_agreed_by):
        raise DomainError(_("Per dire il nome dell'impresa serve il suo sì: chi l'ha detto e quando."), field="company_agreed_by")
    if row.company_agreed_on and row.company_agreed_on > today:
        raise DomainError(_("Il giorno è nel futuro."), field="company_agreed_on")
    _refuse_telling(row)


def _refuse_telling(row: Article) -> None:
    """A practice or a story holds no telephone, address or code of anybody; a notice may say whom to call. Raises DomainError."""
    if row.kind == Article.Kind.NEWS:
        return
    for field in ("title", "summary", "text"):
        if words := tell_tale(getattr(row, field), names=(), hosts=(), places=()):
            text = _("Queste parole fanno riconoscere qualcuno: %(words)s. Scrivi in un altro modo.")
            raise DomainError(text % {"words": ", ".join(f"«{word}»" for word in words)}, field=field)


# --- The picture and who is in it


@transaction.atomic
def set_photo(*, article: Article, file: UploadedFile, alt: str, people: int, by: Access) -> Photo:
    """The picture of a page, in place of the one before. Raises DomainError beside "photo" or "alt"."""
    by.require(Permission.EDIT_SITE)
    if not alt.strip():
        raise DomainError(_("Scrivi che cosa si vede: lo legge chi non può guardare."), field="alt")
    bare = bare_photo(file, side=PHOTO_SIDE)
    row = _open(article, by=by)
    _drop_photo(row, by=by)
    with Picture.open(bare, formats=["JPEG"]) as picture:
        width, height = picture.size
    photo = Photo(network_id=row.network_id, created_by_id=by.actor_id, article=row, alt=alt.strip(), people=people)
    photo.width, photo.height, photo.file_hash = width, height, hash_of(bare)
    photo.file_name = keep_file(bare, kind=PHOTO, public_id=photo.public_id, content_type="image/jpeg")
    photo.save(force_insert=True)
    _touch(row)
    record_fact("website.photo.added", photo, by=by, people=people)
    return photo


@transaction.atomic
def remove_photo(*, article: Article, by: Access) -> None:
    """Without a picture, from this moment, in whatever state the page is. A page without one is left as it is."""
    by.require(Permission.EDIT_SITE)
    row = Article.objects.select_for_update(of=("self",), no_key=True).get(pk=article.pk)
    if _drop_photo(row, by=by):
        _touch(row)


def _touch(row: Article) -> None:
    row.row_version += 1
    row.save(update_fields=["row_version", "written_by"])


def _drop_photo(row: Article, *, by: Access) -> bool:
    photo = Photo.objects.select_for_update(of=("self",), no_key=True).filter(article=row, removed_at=None).first()
    if photo is None:
        return False
    name, photo.file_name, photo.removed_at = photo.file_name, "", timezone.now()
    photo.save(update_fields=["file_name", "removed_at"])
    record_fact("website.photo.removed", photo, by=by)
    transaction.on_commit(lambda: default_storage.delete(name))
    return True


@transaction.atomic
def add_consent(*, photo: Photo, person: str, given_by: str, given_on: date, file: UploadedFile, by: Access, today: date) -> ImageConsent:
    """One person of the picture agreed, on paper, once. Raises DomainError beside the field."""
    by.require(Permission.EDIT_SITE)
    if given_on > today:
        raise DomainError(_("Il giorno è nel futuro."), field="given_on")
    if not person.strip():
        raise DomainError(_("Scrivi chi ha detto di sì."), field="person")
    held = Photo.objects.select_for_update(of=("self",), no_key=True).get(pk=photo.pk)
    if held.removed_at:
        raise Conflict(_("Questa fotografia non c'è più."))
    if held.consents.filter(person__iexact=person.strip(), revoked_on=None).exists():
        raise DomainError(_("Il consenso di questa persona c'è già."), field="person")
    content_type = check_upload(file)
    row = ImageConsent(
        network_id=held.network_id,
        created_by_id=by.actor_id,
        photo=held,
        person=person.strip(),
        given_by=given_by.strip(),
        given_on=given_on,
        content_type=content_type,
        file_hash=hash_of(file),
    )
    row.file_name = keep_file(file, kind=CONSENT, public_id=row.public_id, content_type=content_type)
    row.save(force_insert=True)
    record_fact("website.consent.given", row, by=by)
    return row


@transaction.atomic
def revoke_consent(*, consent: ImageConsent, revoked_on: date, by: Access, today: date) -> ImageConsent:
    """They think again: the picture is gone at once, and its file with it; the page's words stay. Raises DomainError, Conflict."""
    by.require(Permission.EDIT_SITE)
    row = ImageConsent.objects.select_for_update(of=("self",), no_key=True).select_related("photo").get(pk=consent.pk)
    if row.revoked_on:
        raise Conflict(_("Questo consenso è già stato revocato."))
    if not row.given_on <= revoked_on <= today:
        raise DomainError(_("Il giorno sta fra quello del consenso e oggi."), field="revoked_on")
    row.revoked_on = revoked_on
    row.save(update_fields=["revoked_on"])
    record_fact("website.consent.revoked", row, by=by)
    if row.photo.removed_at is None:
        remove_photo(article=Article(pk=row.photo.article_id), by=by)
    return row


# --- From a draft to everybody


@transaction.atomic
def propose_article(*, article: Article, by: Access) -> Article:
    """To whom may publish, in every office of the network: somebody else than who wrote it."""
    row: Article = perform(ARTICLE, "proposed", article, by=by, guard=_may_be_shown, proposed_by_id=by.actor_id)
    todos.ask(
        kind=APPROVE,
        subject=row,
        title=(_("Da approvare per il sito: %(title)s") % {"title": row.title})[:200],
        url=reverse("site:article", args=[row.public_id]),
        role=Role.COORDINATOR,
        by=by,
        everywhere=True,
    )
    return row


def _may_be_shown(row: Article) -> None:
    """Raises DomainError for a picture of which somebody has not agreed."""
    photo = Photo.objects.filter(article=row, removed_at=None).prefetch_related("consents").first()
    if photo and not photo.is_agreed:
        raise DomainError(_("Nella fotografia si riconosce qualcuno che non ha ancora detto di sì: manca il suo consenso firmato."))


@transaction.atomic
def publish_article(*, article: Article, seen: int, by: Access) -> Article:
    """A second person reads it and makes it everybody's. Raises FourEyesRequired, Conflict, DomainError without the consents."""

    def guard(row: Article) -> None:
        check_version(row, seen)
        words = _("Serve una seconda persona: chi ha scritto la pagina non può anche pubblicarla.")
        for author_id in row.authors:
            require_second_key(first_id=author_id, by=by, words=words)
        _may_be_shown(row)
        _refuse_telling(row)

    row: Article = perform(ARTICLE, "published", article, by=by, guard=guard, published_by_id=by.actor_id, published_at=timezone.now())
    todos.done(kind=APPROVE, subject=row, by=by)
    return row


@transaction.atomic
def return_article(*, article: Article, reason: str, by: Access) -> Article:
    """Not yet, and why: it is in preparation again."""
    row: Article = perform(ARTICLE, "returned", article, by=by, reason=reason, proposed_by_id=None)
    todos.done(kind=APPROVE, subject=row, by=by)
    return row


@transaction.atomic
def withdraw_article(*, article: Article, by: Access) -> Article:
    """It is public no more, from this moment. No reason is asked."""
    row: Article = perform(ARTICLE, "withdrawn", article, by=by, proposed_by_id=None, **NOT_PUBLIC)
    todos.done(kind=APPROVE, subject=row, by=by)
    return row


@transaction.atomic
def reopen_article(*, article: Article, by: Access) -> Article:
    """Back in preparation, to be put right and published again."""
    row: Article = perform(ARTICLE, "reopened", article, by=by)
    return row


# --- The statement of accessibility


def plan_statements(*, by: Access, today: date) -> int:
    """Every network has the date by which its statement is looked at again; returns how many were given one. Safe to repeat."""
    planned = 0
    for network in Network.objects.order_by("pk"):
        if todos.due_of(kind=STATEMENT, subject=network) is None:
            _plan(network, next_statement(today))
            planned += 1
    return planned


def _plan(network: Network, due_on: date) -> None:
    todos.set_deadline(
        kind=STATEMENT,
        subject=network,
        title=_("Rivedi la dichiarazione di accessibilità del sito"),
        url=reverse("site:statement"),
        role=Role.COORDINATOR,
        due_on=due_on,
        by=Access.system(network_id=network.pk, ambito_id=None, reason="statement of accessibility"),
        remind_days=REMIND_DAYS,
        is_mandatory=True,
    )


@transaction.atomic
def statement_done(*, by: Access, today: date) -> date:
    """The statement was looked at: the next date is a year on. Returns it."""
    by.require(Permission.PUBLISH_SITE)
    network = Network.objects.get(pk=by.network_id)
    due_on = todos.due_of(kind=STATEMENT, subject=network) or next_statement(today)
    while due_on <= today or (due_on - today).days <= REMIND_DAYS:
        due_on = date(due_on.year + 1, due_on.month, due_on.day)
    todos.done(kind=STATEMENT, subject=network, by=by)
    _plan(network, due_on)
    record_fact("website.statement.reviewed", network, by=by)
    return due_on
