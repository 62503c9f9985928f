from django.urls import path

from . import views

app_name = "attendance"
urlpatterns = [
    path("", views.TodayPage.as_view(), name="today"),
    path("settimana/", views.WeekPage.as_view(), name="week"),
    path("settimana/conferma/", views.ConfirmWeek.as_view(), name="confirm_week"),
    path("ufficio/", views.OfficeMonth.as_view(), name="office_month"),
    path("ufficio/da-confermare/", views.ToConfirm.as_view(), name="to_confirm"),
    path("fogli/<uuid:public_id>/chiudi/", views.CloseMonth.as_view(), name="close_month"),
    path("fogli/<uuid:public_id>/conferma/", views.ConfirmMonth.as_view(), name="confirm_month"),
    path("fogli/<uuid:public_id>/conferma-con-atto/", views.ConfirmByAct.as_view(), name="confirm_by_act"),
    path("fogli/<uuid:public_id>/atto/", views.MonthAct.as_view(), name="month_act"),
    path("fogli/<uuid:public_id>/riapri/", views.ReopenMonth.as_view(), name="reopen_month"),
    path("<uuid:public_id>/", views.MonthPage.as_view(), name="month"),
    path("<uuid:public_id>/registra/", views.RecordPage.as_view(), name="record"),
]
