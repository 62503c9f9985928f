from django.urls import path

from . import views

app_name = "solidarity_fund"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("salvadanai/nuovo/", views.NewPot.as_view(), name="new_pot"),
    path("donatori/", views.Donors.as_view(), name="donors"),
    path("donatori/nuovo/", views.NewDonor.as_view(), name="new_donor"),
    path("donatori/<uuid:public_id>/", views.DonorPage.as_view(), name="donor"),
    path("donatori/<uuid:public_id>/modifica/", views.EditDonor.as_view(), name="edit_donor"),
    path("contributi/nuovo/", views.NewContribution.as_view(), name="new_contribution"),
    path("contributi/<uuid:public_id>/storno/", views.TakeBack.as_view(), name="take_back"),
    path("richieste/", views.Requests.as_view(), name="requests"),
    path("richieste/nuova/", views.NewRequest.as_view(), name="new_request"),
    path("richieste/<uuid:public_id>/", views.RequestPage.as_view(), name="request"),
    path("richieste/<uuid:public_id>/decisione/", views.Decide.as_view(), name="decide"),
    path("richieste/<uuid:public_id>/atto/", views.ActFile.as_view(), name="act"),
    path("richieste/<uuid:public_id>/ritiro/", views.Withdraw.as_view(), name="withdraw"),
    path("richieste/<uuid:public_id>/versamento/", views.Pay.as_view(), name="pay"),
]
