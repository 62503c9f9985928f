from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("cruscotto/", views.Dashboard.as_view(), name="dashboard"),
    path("", views.Reports.as_view(), name="list"),
    path("nuovo/", views.OrderReport.as_view(), name="order"),
    path("<uuid:public_id>/", views.ReportDetail.as_view(), name="detail"),
    path("<uuid:public_id>/<str:kind>/", views.ReportFile.as_view(), name="file"),
]
