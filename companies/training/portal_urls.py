"""The tutor's own training, beside the attendance: the personal link opens it too."""

from django.urls import path

from .views import portal

app_name = "courses"
urlpatterns = [
    path("", portal.Training.as_view(), name="mine"),
    path("libretto/", portal.Passport.as_view(), name="passport"),
    path("libretto/prepara/", portal.MakePassport.as_view(), name="make_passport"),
    path("carte/<uuid:public_id>/", portal.PaperFile.as_view(), name="paper"),
    path("qui/<str:code>/", portal.Here.as_view(), name="here"),
    path("<uuid:public_id>/", portal.Edition.as_view(), name="edition"),
    path("<uuid:public_id>/iscrizione/", portal.Enrol.as_view(), name="enrol"),
    path("<uuid:public_id>/ritiro/", portal.Withdraw.as_view(), name="withdraw"),
    path("<uuid:public_id>/questionario/", portal.Questions.as_view(), name="questions"),
    path("<uuid:public_id>/distintivo/", portal.Badge.as_view(), name="badge"),
    path("<uuid:public_id>/materiali/<uuid:material_id>/", portal.MaterialFile.as_view(), name="material"),
]
