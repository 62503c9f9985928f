"""What placements will cost, among the pages of accounting: there its readers look, and there the menu shows them to be."""

from django.urls import path

from .views import forecasts

app_name = "forecasts"
urlpatterns = [
    path("previsioni/", forecasts.Forecast.as_view(), name="list"),
    path("previsioni/<uuid:public_id>/", forecasts.PlacementMoney.as_view(), name="placement"),
    path("previsioni/<uuid:public_id>/impegno/", forecasts.SetPart.as_view(), name="set_part"),
    path("previsioni/parti/<uuid:public_id>/togli/", forecasts.RemovePart.as_view(), name="remove_part"),
    path("impegni/<uuid:public_id>/tirocini/", forecasts.CommitmentParts.as_view(), name="commitment"),
]
