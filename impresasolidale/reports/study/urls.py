from django.urls import path

from . import views

urlpatterns = [
    path("", views.Durations.as_view(), name="study"),
    path("cambiamento/", views.Changes.as_view(), name="study_change"),
    path("presenze/", views.Attendance.as_view(), name="study_attendance"),
    path("territorio/", views.Territory.as_view(), name="study_territory"),
    path("punti-critici/", views.Points.as_view(), name="study_points"),
    path("costi/", views.Cost.as_view(), name="study_cost"),
    path("carte/", views.Papers.as_view(), name="study_papers"),
    path("carte/nuova/", views.OrderPaper.as_view(), name="study_order"),
    path("carte/<uuid:public_id>/", views.PaperFile.as_view(), name="study_paper"),
    path("simulatore/", views.Simulator.as_view(), name="study_simulator"),
]
