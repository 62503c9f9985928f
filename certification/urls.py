from django.urls import path

from . import views

app_name = "certification"
urlpatterns = [
    path("", views.CertificateList.as_view(), name="list"),
    path("proponi/", views.Propose.as_view(), name="propose"),
    path("<uuid:public_id>/", views.CertificateDetail.as_view(), name="detail"),
    path("<uuid:public_id>/decidi/", views.Decide.as_view(), name="decide"),
    path("<uuid:public_id>/atto/", views.ActFile.as_view(), name="act"),
    path("<uuid:public_id>/attestato/", views.CertificatePaper.as_view(), name="document"),
]
