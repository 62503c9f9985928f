"""The tutor's evaluations, beside the attendance: the personal link opens them too."""

from django.urls import path

from .views import my_evaluations

app_name = "my_evaluations"
urlpatterns = [
    path("", my_evaluations.Mine.as_view(), name="list"),
    path("<uuid:public_id>/", my_evaluations.Answer.as_view(), name="answer"),
]
