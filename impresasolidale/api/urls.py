"""The REST API: `/api/v1/`, its schema and a viewer served from here. Whatever else stands under `/api/` is a problem with 404."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from certification.api import urlpatterns as certification
from companies.hosts.api import urlpatterns as hosts
from companies.training.api import urlpatterns as training
from impresasolidale.core.api import Nowhere
from impresasolidale.desk.api import urlpatterns as desk
from impresasolidale.projects.api import urlpatterns as projects
from impresasolidale.reports.api import urlpatterns as reports
from impresasolidale.treasury.api import urlpatterns as treasury
from placements.agreements.api import urlpatterns as agreements
from placements.attendance.api import urlpatterns as attendance
from placements.beneficiaries.api import urlpatterns as beneficiaries
from placements.monitoring.api import urlpatterns as monitoring
from solidarity_fund.api import urlpatterns as fund

app_name = "api"
rooms = [
    *hosts, *beneficiaries, *training, *agreements, *attendance, *monitoring, *treasury, *fund, *projects, *certification, *reports, *desk,
]  # fmt: skip
urlpatterns = [
    path("v1/", include(rooms)),
    path("schema/", login_not_required(SpectacularAPIView.as_view()), name="schema"),
    path(
        "docs/", login_not_required(SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="api/docs.html")), name="docs"
    ),
    re_path("", login_not_required(Nowhere.as_view()), name="nowhere"),
]
