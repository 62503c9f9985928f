from django.urls import path

from . import impact_views, views

app_name = "certification"
urlpatterns = [
    path("", views.CertificateList.as_view(), name="list"),
    path("proponi/", views.Propose.as_view(), name="propose"),
    path("<uuid:public_id>/", views.CertificateDetail.as_view(), name="detail"),
    path("<uuid:public_id>/decidi/", views.Decide.as_view(), name="decide"),
    path("<uuid:public_id>/atto/", views.ActFile.as_view(), name="act"),
    path("<uuid:public_id>/attestato/", views.CertificatePaper.as_view(), name="document"),
    path("imprese/<uuid:public_id>/insieme/", impact_views.ImpactPage.as_view(), name="impact"),
    path("imprese/<uuid:public_id>/insieme/grazie/", impact_views.NewThanks.as_view(), name="new_thanks"),
    path("imprese/<uuid:public_id>/insieme/anno/", impact_views.MakePaper.as_view(), name="make_impact"),
    path("imprese/<uuid:public_id>/insieme/pagina/", impact_views.OpenCard.as_view(), name="open_card"),
    path("imprese/<uuid:public_id>/insieme/pagina/chiudi/", impact_views.CloseCard.as_view(), name="close_card"),
    path("imprese/<uuid:public_id>/insieme/carte/<uuid:paper_id>/", impact_views.PaperFile.as_view(), name="impact_paper"),
    path("grazie/<uuid:public_id>/approva/", impact_views.Approve.as_view(), name="approve_thanks"),
    path("grazie/<uuid:public_id>/non-approvare/", impact_views.Refuse.as_view(), name="refuse_thanks"),
    path("grazie/<uuid:public_id>/ritira/", impact_views.Withdraw.as_view(), name="withdraw_thanks"),
]
