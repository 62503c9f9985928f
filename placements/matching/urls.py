from django.urls import path

from .views import proposals, rankings, travel

app_name = "matching"
urlpatterns = [
    path("", rankings.Home.as_view(), name="home"),
    path("persone/<uuid:public_id>/", rankings.PersonPage.as_view(), name="person"),
    path("persone/<uuid:public_id>/scheda/", rankings.WritePersonSheet.as_view(), name="person_sheet"),
    path("persone/<uuid:public_id>/file/<str:kind>/", rankings.PersonFile.as_view(), name="person_file"),
    path("persone/<uuid:public_id>/proponi/<uuid:site_id>/", proposals.Propose.as_view(), name="propose"),
    path("sedi/<uuid:public_id>/", rankings.SitePage.as_view(), name="site"),
    path("sedi/<uuid:public_id>/scheda/", rankings.WriteSiteSheet.as_view(), name="site_sheet"),
    path("sedi/<uuid:public_id>/file/<str:kind>/", rankings.SiteFile.as_view(), name="site_file"),
    path("viaggi/", travel.TravelTimes.as_view(), name="travel"),
    path("proposte/", proposals.Proposals.as_view(), name="proposals"),
    path("proposte/elenco.<str:kind>", proposals.ProposalsFile.as_view(), name="proposals_file"),
    path("proposte/<uuid:public_id>/", proposals.Detail.as_view(), name="proposal"),
    path("proposte/<uuid:public_id>/visita/", proposals.PlanVisit.as_view(), name="plan_visit"),
    path("proposte/<uuid:public_id>/visita/<uuid:visit_id>/", proposals.TellVisit.as_view(), name="tell_visit"),
    path("proposte/<uuid:public_id>/visita/<uuid:visit_id>/annulla/", proposals.CallOffVisit.as_view(), name="call_off_visit"),
    path("proposte/<uuid:public_id>/decisione/", proposals.Decide.as_view(), name="decide"),
    path("proposte/<uuid:public_id>/verbale/", proposals.Minutes.as_view(), name="minutes"),
    path("proposte/<uuid:public_id>/ritira/", proposals.Withdraw.as_view(), name="withdraw"),
    path("proposte/<uuid:public_id>/tirocinio/", proposals.Draft.as_view(), name="draft"),
]
