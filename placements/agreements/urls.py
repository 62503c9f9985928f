from django.urls import path

from . import views
from .views import papers

app_name = "agreements"
urlpatterns = [
    path("", views.List.as_view(), name="list"),
    path("nuovo/", views.New.as_view(), name="new"),
    path("sedi-e-tutor/", views.CompanyChoices.as_view(), name="company_choices"),
    path("deroghe/", views.Waivers.as_view(), name="waivers"),
    path("coperture/", papers.Covers.as_view(), name="covers"),
    path("coperture/nuova/", papers.NewCover.as_view(), name="new_cover"),
    path("convenzioni/", papers.Agreements.as_view(), name="agreements"),
    path("convenzioni/impresa/", papers.ChooseCompany.as_view(), name="agreement_choose"),
    path("convenzioni/nuova/<uuid:public_id>/", papers.NewAgreement.as_view(), name="agreement_new"),
    path("convenzioni/<uuid:public_id>/", papers.AgreementDetail.as_view(), name="agreement_detail"),
    path("convenzioni/<uuid:public_id>/passo/<slug:step>/", papers.AgreementStep.as_view(), name="agreement_step"),
    path("documenti/<uuid:public_id>/", papers.DocumentFile.as_view(), name="document"),
    path("documenti/<uuid:public_id>/firma/", papers.NewSignature.as_view(), name="new_signature"),
    path("documenti/<uuid:public_id>/protocollo/", papers.Protocol.as_view(), name="protocol"),
    path("firme/<uuid:public_id>/scansione/", papers.Scan.as_view(), name="scan"),
    path("<uuid:public_id>/", views.Detail.as_view(), name="detail"),
    path("<uuid:public_id>/modifica/", views.Edit.as_view(), name="edit"),
    path("<uuid:public_id>/passo/<slug:step>/", views.Step.as_view(), name="step"),
    path("<uuid:public_id>/semaforo/", views.Refresh.as_view(), name="refresh"),
    path("<uuid:public_id>/deroga/<slug:kind>/", views.Waive.as_view(), name="waive"),
    path("<uuid:public_id>/comunicazione/", views.Communication.as_view(), name="communication"),
    path("<uuid:public_id>/formazione-sicurezza/", views.SafetyTraining.as_view(), name="safety_training"),
    path("<uuid:public_id>/idoneita/", views.Fitness.as_view(), name="fitness"),
]
