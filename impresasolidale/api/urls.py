"""The REST API: `/api/v1/`, its schema and a viewer served from here."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from companies.hosts.api import CompanyViewSet

app_name = "api"
router = SimpleRouter(use_regex_path=False)
router.register("companies", CompanyViewSet, basename="company")

urlpatterns = [
    path("v1/", include(router.urls)),
    path("schema/", login_not_required(SpectacularAPIView.as_view()), name="schema"),
    path("docs/", login_not_required(SpectacularSwaggerSplitView.as_view(url_name="api:schema")), name="docs"),
]
