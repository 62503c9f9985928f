from django.urls import path

from .views import donors, home, requests

app_name = "solidarity_fund"
urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("salvadanai/nuovo/", home.NewPot.as_view(), name="new_pot"),
    path("donatori/", donors.Donors.as_view(), name="donors"),
    path("donatori/nuovo/", donors.NewDonor.as_view(), name="new_donor"),
    path("donatori/<uuid:public_id>/", donors.DonorPage.as_view(), name="donor"),
    path("donatori/<uuid:public_id>/modifica/", donors.EditDonor.as_view(), name="edit_donor"),
    path("contributi/nuovo/", donors.NewContribution.as_view(), name="new_contribution"),
    path("contributi/<uuid:public_id>/storno/", donors.TakeBack.as_view(), name="take_back"),
    path("richieste/", requests.Requests.as_view(), name="requests"),
    path("richieste/nuova/", requests.NewRequest.as_view(), name="new_request"),
    path("richieste/<uuid:public_id>/", requests.RequestPage.as_view(), name="request"),
    path("richieste/<uuid:public_id>/decisione/", requests.Decide.as_view(), name="decide"),
    path("richieste/<uuid:public_id>/atto/", requests.ActFile.as_view(), name="act"),
    path("richieste/<uuid:public_id>/ritiro/", requests.Withdraw.as_view(), name="withdraw"),
    path("richieste/<uuid:public_id>/versamento/", requests.Pay.as_view(), name="pay"),
]
