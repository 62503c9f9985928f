from django.urls import path

from . import scheme_urls
from .views import applications, certificates, impact, papers

app_name = "certification"
urlpatterns = [
    *scheme_urls.urlpatterns,
    path("", certificates.CertificateList.as_view(), name="list"),
    path("proponi/", applications.Propose.as_view(), name="propose"),
    path("domande/", applications.ApplicationList.as_view(), name="applications"),
    path("domande/<uuid:public_id>/", applications.ApplicationPage.as_view(), name="application"),
    path("domande/<uuid:public_id>/decidi/", applications.Decide.as_view(), name="decide"),
    path("domande/<uuid:public_id>/atto/", applications.ActFile.as_view(), name="act"),
    path("rilasci/", papers.NewRun.as_view(), name="new_run"),
    path("rilasci/<uuid:public_id>/", papers.RunPage.as_view(), name="run"),
    path("rilasci/<uuid:public_id>/ferma/", papers.CancelRun.as_view(), name="cancel_run"),
    path("rilasci/<uuid:public_id>/attestati.<str:kind>", papers.RunFile.as_view(), name="run_file"),
    path("prima-dei-livelli/", papers.HistoryPage.as_view(), name="history"),
    path("imprese/<uuid:public_id>/logo/", papers.KitPage.as_view(), name="kit"),
    path("imprese/<uuid:public_id>/logo/attestato/", papers.KitCertificate.as_view(), name="kit_certificate"),
    path("imprese/<uuid:public_id>/logo/fascicolo/", papers.MakeDossier.as_view(), name="kit_make_dossier"),
    path("imprese/<uuid:public_id>/logo/fascicolo.<str:kind>", papers.KitDossier.as_view(), name="kit_dossier"),
    path("imprese/<uuid:public_id>/logo/<slug:variant>.<str:kind>", papers.KitLogo.as_view(), name="kit_logo"),
    path("<uuid:public_id>/correggi/", papers.CorrectPaper.as_view(), name="correct"),
    path("<uuid:public_id>/", certificates.CertificateDetail.as_view(), name="detail"),
    path("<uuid:public_id>/cambia/", certificates.ChangeCertificate.as_view(), name="change"),
    path("<uuid:public_id>/attestato/", certificates.CertificatePaper.as_view(), name="document"),
    path("imprese/<uuid:public_id>/insieme/", impact.ImpactPage.as_view(), name="impact"),
    path("imprese/<uuid:public_id>/insieme/grazie/", impact.NewThanks.as_view(), name="new_thanks"),
    path("imprese/<uuid:public_id>/insieme/anno/", impact.MakePaper.as_view(), name="make_impact"),
    path("imprese/<uuid:public_id>/insieme/pagina/", impact.OpenCard.as_view(), name="open_card"),
    path("imprese/<uuid:public_id>/insieme/pagina/chiudi/", impact.CloseCard.as_view(), name="close_card"),
    path("imprese/<uuid:public_id>/insieme/carte/<uuid:paper_id>/", impact.PaperFile.as_view(), name="impact_paper"),
    path("grazie/<uuid:public_id>/approva/", impact.Approve.as_view(), name="approve_thanks"),
    path("grazie/<uuid:public_id>/non-approvare/", impact.Refuse.as_view(), name="refuse_thanks"),
    path("grazie/<uuid:public_id>/ritira/", impact.Withdraw.as_view(), name="withdraw_thanks"),
]
