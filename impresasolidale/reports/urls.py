from django.urls import path

from .views import dashboard, indicators, reports

app_name = "reports"
urlpatterns = [
    path("cruscotto/", dashboard.Dashboard.as_view(), name="dashboard"),
    path("indicatori/", indicators.Library.as_view(), name="indicators"),
    path("indicatori/elenco.<str:kind>", indicators.LibraryFile.as_view(), name="indicators_file"),
    path("", reports.Reports.as_view(), name="list"),
    path("nuovo/", reports.OrderReport.as_view(), name="order"),
    path("<uuid:public_id>/", reports.ReportDetail.as_view(), name="detail"),
    path("<uuid:public_id>/<str:kind>/", reports.ReportFile.as_view(), name="file"),
]
