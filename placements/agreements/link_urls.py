"""Addresses of who signs without an account: the link's own, and the pages behind it, which carry no secret."""

from django.urls import path

from .views import links

app_name = "signing"
urlpatterns = [
    path("carta/<uuid:public_id>/", links.Sign.as_view(), name="sign"),
    path("carta/<uuid:public_id>/documento/", links.Paper.as_view(), name="paper"),
    path("carta/<uuid:public_id>/codice/", links.SendCode.as_view(), name="send_code"),
    path("carta/<uuid:public_id>/non-firmo/", links.Refuse.as_view(), name="refuse"),
    path("<str:token>/", links.Door.as_view(), name="door"),
]
