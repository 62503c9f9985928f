from django.urls import path

from .views import accidents

app_name = "monitoring"
urlpatterns = [
    path("incidenti/", accidents.List.as_view(), name="list"),
    path("incidenti/nuovo/<uuid:public_id>/", accidents.New.as_view(), name="new"),
    path("incidenti/segnala/<uuid:public_id>/", accidents.Report.as_view(), name="report"),
    path("incidenti/segnalato/", accidents.Reported.as_view(), name="reported"),
    path("incidenti/<uuid:public_id>/", accidents.Detail.as_view(), name="detail"),
    path("incidenti/<uuid:public_id>/dati/", accidents.Edit.as_view(), name="edit"),
    path("incidenti/<uuid:public_id>/chiudi/", accidents.Close.as_view(), name="close"),
    path("incidenti/<uuid:public_id>/riapri/", accidents.Reopen.as_view(), name="reopen"),
    path("avvisi/<uuid:public_id>/fatto/", accidents.NoticeSent.as_view(), name="notice_sent"),
    path("avvisi/<uuid:public_id>/non-serve/", accidents.NoticeWaived.as_view(), name="notice_waived"),
    path("avvisi/<uuid:public_id>/file/", accidents.NoticeFile.as_view(), name="notice_file"),
]
