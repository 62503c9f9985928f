from django.urls import include, path

from .views import calendar, dashboard, fund, indicators, reports

app_name = "reports"
urlpatterns = [
    path("cruscotto/", dashboard.Dashboard.as_view(), name="dashboard"),
    path("indicatori/", indicators.Library.as_view(), name="indicators"),
    path("indicatori/elenco.<str:kind>", indicators.LibraryFile.as_view(), name="indicators_file"),
    path("studio/", include("impresasolidale.reports.study.urls")),
    path("", reports.Reports.as_view(), name="list"),
    path("nuovo/", reports.ChooseKind.as_view(), name="order"),
    path("nuovo/<slug:kind>/", reports.OrderReport.as_view(), name="order_kind"),
    path("calendario/", calendar.Calendar.as_view(), name="calendar"),
    path("calendario/nuovo/", calendar.EditCalendar.as_view(), name="calendar_new"),
    path("calendario/<uuid:public_id>/", calendar.EditCalendar.as_view(), name="calendar_edit"),
    path("calendario/<uuid:public_id>/chiudi/", calendar.EndCalendar.as_view(), name="calendar_end"),
    path("riparto/nuovo/", calendar.AddSplitKey.as_view(), name="split_key"),
    path("fondo/nuovo/", fund.NewAccount.as_view(), name="new_fund_account"),
    path("fondo/<uuid:public_id>/", fund.AccountPage.as_view(), name="fund_account"),
    path("fondo/<uuid:public_id>/documento/", fund.AccountPaper.as_view(), name="fund_account_paper"),
    path("fondo/<uuid:public_id>/approva/", fund.ApproveAccount.as_view(), name="approve_fund_account"),
    path("<uuid:public_id>/", reports.ReportDetail.as_view(), name="detail"),
    path("<uuid:public_id>/annulla/", reports.CancelReport.as_view(), name="cancel"),
    path("<uuid:public_id>/tabelle/<slug:table>/", reports.ReportTable.as_view(), name="table"),
    path("<uuid:public_id>/<str:kind>/", reports.ReportFile.as_view(), name="file"),
]
