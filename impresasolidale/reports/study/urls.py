from django.urls import path

from . import views

urlpatterns = [
    path("", views.Durations.as_view(), name="study"),
    path("cambiamento/", views.Changes.as_view(), name="study_change"),
    path("presenze/", views.Attendance.as_view(), name="study_attendance"),
    path("territorio/", views.Territory.as_view(), name="study_territory"),
    path("punti-critici/", views.Points.as_view(), name="study_points"),
    path("costi/", views.Cost.as_view(), name="study_cost"),
    path("simulatore/", views.Simulator.as_view(), name="study_simulator"),
]
