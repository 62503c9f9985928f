"""Addresses of the tutor's telephone that open without a sign-in: the link's door, the shell, its worker, its data and its taps."""

from django.urls import path

from .views import inspection, portal

app_name = "portal"
urlpatterns = [
    path("app/", portal.Shell.as_view(), name="shell"),
    path("sw.js", portal.Worker.as_view(), name="worker"),
    path("app.webmanifest", portal.Manifest.as_view(), name="manifest"),
    path("dati/", portal.Data.as_view(), name="data"),
    path("dati-ispezione/", inspection.InspectionData.as_view(), name="inspection"),
    path("invio/", portal.Sync.as_view(), name="sync"),
    path("apri/<str:token>/", portal.Door.as_view(), name="door"),
    path("esci/", portal.Leave.as_view(), name="leave"),
    path("uscito/", portal.Left.as_view(), name="left"),
]
