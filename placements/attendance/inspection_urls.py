"""Addresses of what a company shows to an inspector: within the realm of the telephone's worker, so that they open without a network."""

from django.urls import path

from .views import inspection

app_name = "inspection"
urlpatterns = [
    path("", inspection.Inspection.as_view(), name="now"),
    path("sede/<uuid:public_id>/", inspection.Inspection.as_view(), name="site"),
    path("carte/<uuid:public_id>/", inspection.InspectionPaper.as_view(), name="paper"),
]
