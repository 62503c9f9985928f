"""The REST API: `/api/v1/`, its schema and a viewer served from here. Whatever else stands under `/api/` is a problem with 404."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from companies.hosts.api import urlpatterns as hosts
from impresasolidale.core.api import Nowhere

app_name = "api"
urlpatterns = [
    path("v1/", include([*hosts])),
    path("schema/", login_not_required(SpectacularAPIView.as_view()), name="schema"),
    path("docs/", login_not_required(SpectacularSwaggerSplitView.as_view(url_name="api:schema")), name="docs"),
    re_path("", login_not_required(Nowhere.as_view()), name="nowhere"),
]
