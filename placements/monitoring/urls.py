from django.urls import path

from . import views

app_name = "monitoring"
urlpatterns = [
    path("incidenti/", views.List.as_view(), name="list"),
    path("incidenti/nuovo/<uuid:public_id>/", views.New.as_view(), name="new"),
    path("incidenti/segnala/<uuid:public_id>/", views.Report.as_view(), name="report"),
    path("incidenti/segnalato/", views.Reported.as_view(), name="reported"),
    path("incidenti/<uuid:public_id>/", views.Detail.as_view(), name="detail"),
    path("incidenti/<uuid:public_id>/dati/", views.Edit.as_view(), name="edit"),
    path("incidenti/<uuid:public_id>/chiudi/", views.Close.as_view(), name="close"),
    path("incidenti/<uuid:public_id>/riapri/", views.Reopen.as_view(), name="reopen"),
    path("avvisi/<uuid:public_id>/fatto/", views.NoticeSent.as_view(), name="notice_sent"),
    path("avvisi/<uuid:public_id>/non-serve/", views.NoticeWaived.as_view(), name="notice_waived"),
    path("avvisi/<uuid:public_id>/file/", views.NoticeFile.as_view(), name="notice_file"),
]
