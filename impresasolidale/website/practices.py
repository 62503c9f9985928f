"""Buone pratiche e storie: what the offices wrote, and beside it the stories of people the fund helped. Nothing here names a person."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.utils.http import quote_etag
from django.utils.translation import gettext_lazy as _
from django.views import View

from impresasolidale.core.views import open_stored
from solidarity_fund.selectors.stories import public_stories

from . import article_selectors, selectors
from .indexing import address
from .models import Article
from .rules import blocks
from .views import PublicPage

# What a visitor may ask for, as the address says it.
KINDS = {
    "buone-pratiche": (Article.Kind.PRACTICE, _("Buone pratiche")),
    "storie": (Article.Kind.STORY, _("Storie")),
    "notizie": (Article.Kind.NEWS, _("Notizie")),
}


class Stories(PublicPage):
    template_name = "website/stories.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        kind, _label = KINDS.get(query.get("tipo", ""), ("", ""))
        is_first = not {"dopo", "prima"} & set(query)
        with selectors.visitor() as access:
            page = article_selectors.public_page(access, query, kind=kind)
            told = public_stories(access) if is_first and kind in ("", Article.Kind.STORY) else []
        here = reverse("website:stories")
        tabs = [{"label": _("Tutto"), "url": here, "active": not kind}]
        tabs += [{"label": label, "url": f"{here}?tipo={code}", "active": kind == value} for code, (value, label) in KINDS.items()]
        rows = [(row, article_selectors.photo_of(row)) for row in page.rows]
        return super().get_context_data(rows=rows, told=told, tabs=tabs, **page.urls(query), **kwargs)


class Story(PublicPage):
    template_name = "website/story.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        with selectors.visitor() as access:
            row = article_selectors.public_article(access, self.kwargs["public_id"])
            photo = article_selectors.photo_of(row)
        more = {"told_image": address(reverse("website:story_photo", args=[row.public_id]))} if photo else {}
        return super().get_context_data(
            article=row, photo=photo, blocks=blocks(row.text), summary=row.summary, told_title=row.title, **more, **kwargs
        )


@method_decorator(login_not_required, name="dispatch")
class StoryPhoto(View):
    """The picture while everybody in it agrees. A browser asks every time whether it is still there: taken back, it is gone at once."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        with selectors.visitor() as access:
            photo = article_selectors.photo_of(article_selectors.public_article(access, public_id))
        if photo is None:
            raise Http404
        etag = quote_etag(photo.file_hash)
        response = get_conditional_response(request, etag=etag) or FileResponse(
            open_stored(photo.file_name, photo), content_type="image/jpeg", filename=f"{photo.public_id}.jpg"
        )
        response["ETag"] = etag
        response["Cache-Control"] = "no-cache"
        return response
