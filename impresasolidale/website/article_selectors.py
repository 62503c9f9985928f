"""Pages of the site: those of the office, and what everybody may read of them."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Fact

from .models import Article, ImageConsent, Photo

SHOWN = 12  # pages on one page of the list


def _with_photo(rows: QuerySet[Article]) -> QuerySet[Article]:
    photos = Photo.objects.filter(removed_at=None).prefetch_related("consents")
    return rows.prefetch_related(Prefetch("photos", photos, to_attr="live_photos"))


# --- Everybody's


def public_articles(access: Access) -> QuerySet[Article]:
    """Published pages, the newest first."""
    rows = Article.objects.filter(state=Article.State.PUBLISHED).select_related("company__comune")
    return _with_photo(rows).order_by("-published_at", "-id")


def public_page(access: Access, query: QueryDict, *, kind: str = "") -> Slice:
    rows = public_articles(access)
    return page_of(rows.filter(kind=kind) if kind else rows, query, order=("-published_at", "-id"), size=SHOWN)


def public_article(access: Access, public_id: UUID) -> Article:
    row: Article = get_object_or_404(public_articles(access), public_id=public_id)
    return row


def photo_of(article: Article) -> Photo | None:
    """The picture everybody may see: there, and everybody in it agrees at this moment. Reads what `public_articles` brought."""
    return next((photo for photo in article.live_photos if photo.is_agreed), None)  # type: ignore[attr-defined]


# --- The office's


def _articles(access: Access) -> QuerySet[Article]:
    access.require(Permission.EDIT_SITE)
    return Article.objects.filter(network_id=access.network_id).select_related(
        "company", "created_by", "written_by", "proposed_by", "published_by"
    )


def articles_page(access: Access, query: QueryDict, *, state: str = "", kind: str = "") -> Slice:
    rows = _with_photo(_articles(access))
    wanted = {name: value for name, value in (("state", state), ("kind", kind)) if value}
    return page_of(rows.filter(**wanted), query, order=("-id",))


def article_for(access: Access, public_id: UUID) -> Article:
    row: Article = get_object_or_404(_with_photo(_articles(access)), public_id=public_id)
    return row


def consent_for(access: Access, article: Article, public_id: UUID) -> ImageConsent:
    row: ImageConsent = get_object_or_404(ImageConsent.objects.select_related("photo"), public_id=public_id, photo__article=article)
    return row


def consents_of(access: Access, article: Article) -> list[ImageConsent]:
    """Of this picture and of those before it, the newest first."""
    return list(ImageConsent.objects.filter(photo__article=article).select_related("photo").order_by("-id"))


def why_returned(article: Article) -> str:
    """What the reader of a page in preparation asked to change last; empty when it never came back."""
    fact = (
        Fact.objects.filter(subject_type="website.article", subject_id=article.pk, code="website.article.returned").order_by("-id").first()
    )
    return fact.reason if fact else ""
