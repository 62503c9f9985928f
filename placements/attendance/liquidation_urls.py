from django.urls import path

from .views import liquidations as views

app_name = "composing"
urlpatterns = [
    path("da-preparare/", views.WaitingPage.as_view(), name="waiting"),
    path("da-preparare/<uuid:public_id>/<str:month>/", views.Prepare.as_view(), name="prepare"),
    path("pubblicazione/", views.PublicationPage.as_view(), name="publication"),
    path("pubblicazione/elenco.csv", views.PublicationFile.as_view(), name="publication_file"),
    path("righe/<uuid:public_id>/recupera/", views.Recover.as_view(), name="recover"),
    path("recuperi/<uuid:public_id>/rinuncia/approva/", views.ApproveWriteOff.as_view(), name="approve_write_off"),
    path("<uuid:public_id>/netti/", views.Nets.as_view(), name="nets"),
    path("<uuid:public_id>/aggiorna/", views.Refresh.as_view(), name="refresh"),
    path("<uuid:public_id>/approva/", views.Approve.as_view(), name="approve"),
]
