"""Suggestions from reference data, for whoever is signed in."""

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.views.decorators.http import require_GET

from .selectors import search_comuni


@require_GET
def comune_options(request: HttpRequest) -> HttpResponse:
    """`GET ?q=…` answers lines of `<option>` for `core.forms.Suggest`."""
    return HttpResponse(format_html_join("\n", '<option value="{}">', ([str(c)] for c in search_comuni(request.GET.get("q", "")[:80]))))
