from django.urls import path

from . import liquidation_views as views
from . import sample_views as samples

app_name = "liquidations"
urlpatterns = [
    path("", views.Runs.as_view(), name="list"),
    path("ragioneria/", views.Desk.as_view(), name="desk"),
    path("recuperi/", views.Recoveries.as_view(), name="recoveries"),
    path("recuperi/<uuid:public_id>/restituzione/", views.PayBack.as_view(), name="pay_back"),
    path("recuperi/<uuid:public_id>/rinuncia/", views.AskWriteOff.as_view(), name="ask_write_off"),
    path("recuperi/<uuid:public_id>/continua/", views.KeepRecovering.as_view(), name="keep_recovering"),
    path("controlli/", samples.Samples.as_view(), name="samples"),
    path("controlli/<uuid:public_id>/chiudi/", samples.Close.as_view(), name="close_sample"),
    path("controlli/<uuid:public_id>/<str:kind>.<str:ending>", samples.SampleFile.as_view(), name="sample_file"),
    path("enti/<uuid:public_id>/colonne/", views.Layout.as_view(), name="layout"),
    path("righe/<uuid:public_id>/trattieni/", views.Hold.as_view(), name="hold"),
    path("righe/<uuid:public_id>/riprendi/", views.Resume.as_view(), name="resume"),
    path("righe/<uuid:public_id>/lascia-passare/<str:kind>/", views.Waive.as_view(), name="waive"),
    path("<uuid:public_id>/", views.RunPage.as_view(), name="run"),
    path("<uuid:public_id>/annulla/", views.Cancel.as_view(), name="cancel"),
    path("<uuid:public_id>/pubblicata/", views.RecordPublication.as_view(), name="published"),
    path("<uuid:public_id>/risposte/", views.Answers.as_view(), name="answers"),
    path("<uuid:public_id>/elenchi/<str:kind>.<str:ending>", views.ListFile.as_view(), name="file"),
    path("<uuid:public_id>/carte/<str:kind>/", views.Paper.as_view(), name="paper"),
    path("<uuid:public_id>/banca.xml", views.SepaFile.as_view(), name="sepa"),
    path("<uuid:public_id>/atto-esterno/", views.ActCopy.as_view(), name="act_copy"),
]
