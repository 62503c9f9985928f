"""What we did together, for who signs in as a donor or a partner."""

from django.urls import path

from . import together

app_name = "together"
urlpatterns = [
    path("", together.Together.as_view(), name="page"),
    path("ricevute/<uuid:public_id>/", together.OwnReceipt.as_view(), name="receipt"),
]
