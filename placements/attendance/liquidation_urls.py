from django.urls import path

from .views import liquidations as views
from .views import samples

app_name = "composing"
urlpatterns = [
    path("da-preparare/", views.WaitingPage.as_view(), name="waiting"),
    path("da-preparare/<uuid:public_id>/<str:month>/", views.Prepare.as_view(), name="prepare"),
    path("pubblicazione/", views.PublicationPage.as_view(), name="publication"),
    path("pubblicazione/elenco.csv", views.PublicationFile.as_view(), name="publication_file"),
    path("righe/<uuid:public_id>/recupera/", views.Recover.as_view(), name="recover"),
    path("recuperi/<uuid:public_id>/rinuncia/approva/", views.ApproveWriteOff.as_view(), name="approve_write_off"),
    path("controlli/estrai/", samples.Draw.as_view(), name="draw"),
    path("controlli/righe/<uuid:public_id>/", samples.Judge.as_view(), name="judge"),
    path("controlli/<uuid:public_id>/", samples.SamplePage.as_view(), name="sample"),
    path("<uuid:public_id>/netti/", views.Nets.as_view(), name="nets"),
    path("<uuid:public_id>/aggiorna/", views.Refresh.as_view(), name="refresh"),
    path("<uuid:public_id>/approva/", views.Approve.as_view(), name="approve"),
]
