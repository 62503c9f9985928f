"""Addresses of who gave, without an account: the link's own, and the pages behind it, which carry no secret."""

from django.urls import path

from .views import giving

app_name = "my_gifts"
urlpatterns = [
    path("pagina/", giving.MyGifts.as_view(), name="page"),
    path("pagina/ricevute/<uuid:public_id>/", giving.MyReceipt.as_view(), name="receipt"),
    path("<str:token>/", giving.Door.as_view(), name="door"),
]
