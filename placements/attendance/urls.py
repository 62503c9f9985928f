from django.urls import path

from . import views
from .views import calls, forecasts, paper

app_name = "attendance"
urlpatterns = [
    path("", views.TodayPage.as_view(), name="today"),
    path("settimana/", views.WeekPage.as_view(), name="week"),
    path("settimana/conferma/", views.ConfirmWeek.as_view(), name="confirm_week"),
    path("ufficio/", views.OfficeMonth.as_view(), name="office_month"),
    path("ufficio/da-confermare/", views.ToConfirm.as_view(), name="to_confirm"),
    path("previsioni/", forecasts.Forecast.as_view(), name="forecast"),
    path("impegni/<uuid:public_id>/", forecasts.CommitmentParts.as_view(), name="commitment_parts"),
    path("parti/<uuid:public_id>/togli/", forecasts.RemovePart.as_view(), name="remove_part"),
    path("fogli/<uuid:public_id>/chiudi/", views.CloseMonth.as_view(), name="close_month"),
    path("fogli/<uuid:public_id>/conferma/", views.ConfirmMonth.as_view(), name="confirm_month"),
    path("fogli/<uuid:public_id>/conferma-con-atto/", views.ConfirmByAct.as_view(), name="confirm_by_act"),
    path("fogli/<uuid:public_id>/atto/", views.MonthAct.as_view(), name="month_act"),
    path("fogli/<uuid:public_id>/riapri/", views.ReopenMonth.as_view(), name="reopen_month"),
    path("ufficio/fogli-di-carta/", paper.PrintSheets.as_view(), name="print_sheets"),
    path("ufficio/fogli-di-carta/<uuid:public_id>/", paper.SheetsPrinted.as_view(), name="sheets_printed"),
    path("fogli/<uuid:public_id>/griglia/", paper.GridPage.as_view(), name="grid"),
    path("fogli/<uuid:public_id>/da-compilare/", paper.IssuePaperSheet.as_view(), name="issue_paper_sheet"),
    path("fogli/<uuid:public_id>/foglio-presenze/", paper.IssueTimesheet.as_view(), name="issue_timesheet"),
    path("fogli/<uuid:public_id>/compilato/", paper.AddScan.as_view(), name="add_scan"),
    path("compilati/<uuid:public_id>/", paper.ScanFile.as_view(), name="scan"),
    path("compilati/<uuid:public_id>/togli/", paper.RemoveScan.as_view(), name="remove_scan"),
    path("carte/<uuid:public_id>/", paper.PaperFile.as_view(), name="paper"),
    path("<uuid:public_id>/chiamata/", calls.CallPage.as_view(), name="call"),
    path("<uuid:public_id>/", views.MonthPage.as_view(), name="month"),
    path("<uuid:public_id>/soldi/", forecasts.PlacementMoney.as_view(), name="money"),
    path("<uuid:public_id>/soldi/impegno/", forecasts.SetPart.as_view(), name="set_part"),
    path("<uuid:public_id>/registra/", views.RecordPage.as_view(), name="record"),
]
