from django.urls import path

from . import views

app_name = "territory"
urlpatterns = [
    path("territorio/comuni/", views.comune_options, name="comuni"),
    path("regole/", views.RuleBook.as_view(), name="rules"),
    path("regole/confronto/", views.CompareAmbiti.as_view(), name="compare"),
    path("regole/fra-due-date/", views.CompareDates.as_view(), name="compare_dates"),
    path("regole/versioni/", views.Versions.as_view(), name="versions"),
    path("regole/nuova/", views.Propose.as_view(), name="propose"),
    path("regole/proposte/<uuid:public_id>/", views.Proposal.as_view(), name="proposal"),
    path("regole/proposte/<uuid:public_id>/approva/", views.Approve.as_view(), name="approve"),
    path("regole/proposte/<uuid:public_id>/atto/", views.OutsideAct.as_view(), name="outside_act"),
    path("regole/proposte/<uuid:public_id>/ritira/", views.Withdraw.as_view(), name="withdraw"),
    path("regole/tariffe/", views.Tariffs.as_view(), name="tariffs"),
    path("regole/tariffe/nuova/", views.NewTariff.as_view(), name="new_tariff"),
]
