"""The address printed on the person's papers: short, for ever, without a word of what it is for but the first."""

from django.urls import path

from .views import talk

app_name = "talk"
urlpatterns = [
    path("<str:code>/", talk.ByCode.as_view(), name="ask"),
    path("<str:code>/fatto/", talk.Told.as_view(), name="told"),
]
