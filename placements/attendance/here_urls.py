"""Addresses printed on posters: short, for ever, without a word of what they are for."""

from django.urls import path

from .views import words

app_name = "here"
urlpatterns = [
    path("<str:code>/", words.Say.as_view(), name="say"),
    path("<str:code>/fatto/", words.Done.as_view(), name="done"),
]
