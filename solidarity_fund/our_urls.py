"""What a company gave, for its contact."""

from django.urls import path

from .views import giving

app_name = "our_gifts"
urlpatterns = [
    path("", giving.OurGifts.as_view(), name="page"),
    path("ricevute/<uuid:paper_id>/", giving.OurReceipt.as_view(), name="receipt"),
]
