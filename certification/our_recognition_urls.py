"""The recognition, for the company's contact."""

from django.urls import path

from .views import ours as views
from .views import papers

app_name = "our_recognition"
one = "domanda/<uuid:application_id>/"
urlpatterns = [
    path("", views.OurPage.as_view(), name="page"),
    path("comincia/", views.Begin.as_view(), name="begin"),
    path(one, views.Overview.as_view(), name="application"),
    path(one + "firma/", views.Sign.as_view(), name="sign"),
    path(one + "ritira/", views.Withdraw.as_view(), name="withdraw"),
    path(one + "aree/<slug:area>/", views.AreaPage.as_view(), name="area"),
    path(one + "aree/<slug:area>/prove/<slug:criterion>/", views.AddProof.as_view(), name="add_proof"),
    path("prove/<uuid:proof_id>/", views.ProofFile.as_view(), name="proof"),
    path("prove/<uuid:proof_id>/togli/", views.RemoveProof.as_view(), name="remove_proof"),
    path("verifica/<uuid:check_id>/", views.AnswerCheck.as_view(), name="check"),
    path("carte/", papers.OurKit.as_view(), name="kit"),
    path("carte/attestato/", papers.OurCertificate.as_view(), name="kit_certificate"),
    path("carte/fascicolo/", papers.OurMakeDossier.as_view(), name="kit_make_dossier"),
    path("carte/fascicolo.<str:kind>", papers.OurDossier.as_view(), name="kit_dossier"),
    path("carte/logo/<str:file>", papers.OurLogo.as_view(), name="kit_logo"),
]
