from django.urls import path

from . import views

app_name = "training"
urlpatterns = [
    path("", views.List.as_view(), name="list"),
    path("concluse/", views.List.as_view(past=True), name="past"),
    path("tutor/", views.Tutors.as_view(), name="tutors"),
    path("nuova/", views.New.as_view(), name="new"),
    path("<uuid:public_id>/", views.Detail.as_view(), name="detail"),
    path("<uuid:public_id>/iscrizioni/", views.Enrol.as_view(), name="enrol"),
    path("<uuid:public_id>/presenze/", views.RecordAttendance.as_view(), name="record_attendance"),
    path("attestati/<uuid:public_id>/", views.CertificateFile.as_view(), name="document"),
]
