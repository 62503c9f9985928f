"""Some public pages inside the pages of a body's own site: without our header and footer, and only where the installation says so.

`EMBED_ORIGINS` names who may frame them (CSP `frame-ancestors`); empty, there are no such pages. Every other page stays unframed.
Nothing that asks for a form's safety cookie is here: in another site's page a browser would not send it.
"""

from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View

from .open_data import Figures
from .practices import Stories
from .project import Partners, Placement, PlacementEasy, Project
from .register import Register

# As the address names them → the view, and the page it is a part of.
PARTS: dict[str, Any] = {
    "progetto": Project,
    "tirocinio": Placement,
    "tirocinio-facile": PlacementEasy,
    "storie": Stories,
    "partner": Partners,
    "registro": Register,
    "numeri": Figures,
}


@method_decorator(login_not_required, name="dispatch")
class Embedded(View):
    http_method_names = ("get", "head")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        view = PARTS.get(kwargs["part"])
        if view is None or not settings.EMBED_ORIGINS:
            raise Http404
        request.is_embedded = True  # type: ignore[attr-defined]
        show = csp_replace({"frame-ancestors": list(settings.EMBED_ORIGINS)})(view.as_view())
        response: HttpResponseBase = show(request)
        response.xframe_options_exempt = True  # type: ignore[attr-defined]  # it has no list of origins: the policy above does
        return response
