"""What was done together, for the company's contact."""

from django.urls import path

from .views import impact as views
from .views import papers

app_name = "our_impact"
urlpatterns = [
    path("", views.OurImpact.as_view(), name="page"),
    path("pagina/", views.OurCard.as_view(), name="open"),
    path("pagina/chiudi/", views.OurCardClosed.as_view(), name="close"),
    path("carte/<uuid:paper_id>/", views.OurPaper.as_view(), name="paper"),
    path("riconoscimento/", papers.OurRecognition.as_view(), name="recognition"),
    path("riconoscimento/attestato/", papers.OurCertificate.as_view(), name="recognition_certificate"),
    path("riconoscimento/fascicolo/", papers.OurMakeDossier.as_view(), name="recognition_make_dossier"),
    path("riconoscimento/fascicolo.<str:kind>", papers.OurDossier.as_view(), name="recognition_dossier"),
    path("riconoscimento/logo/<str:file>", papers.OurLogo.as_view(), name="recognition_logo"),
]
