"""In case of inspection: one page a site for the company's tutor and contact, its papers, and what the telephone keeps of it."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from impresasolidale.accounts.doors import ask_in
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.views import Guarded, Page, serve_document

from ..selectors import inspection as selectors


@method_decorator(login_not_required, name="dispatch")
class ForHosts(Guarded):
    """For who acts for a company, signed in or by a tutor's personal link; 403 for the office, which has the record itself."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.access is None:  # type: ignore[attr-defined]
            return self.unknown(request)
        if self.access.companies is None or not (self.access.may(P.USE_TUTOR_PORTAL) or self.access.may(P.USE_COMPANY_PORTAL)):
            raise PermissionDenied(_("Questa pagina è di chi accoglie: tutor e referenti delle imprese."))
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    def unknown(self, request: HttpRequest) -> Any:
        return ask_in(request)


class Inspection(ForHosts, Page):
    """Who is here now and what there is to show: the whole page where the company has one site, else the sites to choose from."""

    template_name = "attendance/inspection.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.localtime()
        if "public_id" in self.kwargs:
            sites = [selectors.site_now(self.access, self.kwargs["public_id"], now.date())]
        else:
            sites = selectors.sites_now(self.access, now.date())
        return super().get_context_data(sites=sites, one=sites[0] if len(sites) == 1 else None, now=now, **kwargs)


class InspectionPaper(ForHosts):
    """The file of one of the papers the page lists."""

    def get(self, request: HttpRequest, public_id: Any) -> FileResponse:
        return serve_document(selectors.paper_for(self.access, public_id, timezone.localdate()), by=self.access)


class InspectionData(ForHosts):
    """What the telephone keeps of it; 401 to who is not in."""

    def unknown(self, request: HttpRequest) -> JsonResponse:
        return JsonResponse({"sign_in": reverse("accounts:sign_in")}, status=401)

    def get(self, request: HttpRequest) -> JsonResponse:
        now = timezone.localtime()
        return JsonResponse(selectors.kept(self.access, now.date(), now))
