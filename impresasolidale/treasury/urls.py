from django.urls import path

from . import views

app_name = "treasury"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("righe/nuova/", views.NewBudget.as_view(), name="new_budget"),
    path("righe/<uuid:public_id>/", views.BudgetPage.as_view(), name="budget"),
    path("righe/<uuid:public_id>/variazione/", views.VaryBudget.as_view(), name="vary_budget"),
    path("contributi/nuovo/", views.NewGrant.as_view(), name="new_grant"),
    path("contributi/<uuid:public_id>/", views.GrantPage.as_view(), name="grant"),
    path("contributi/<uuid:public_id>/variazione/", views.VaryGrant.as_view(), name="vary_grant"),
    path("impegni/", views.Commitments.as_view(), name="commitments"),
    path("impegni/nuovo/", views.NewCommitment.as_view(), name="new_commitment"),
    path("impegni/file/<str:kind>/", views.CommitmentsFile.as_view(), name="commitments_file"),
    path("impegni/<uuid:public_id>/", views.CommitmentPage.as_view(), name="commitment"),
    path("impegni/<uuid:public_id>/aumento/", views.RaiseCommitment.as_view(), name="raise_commitment"),
    path("impegni/<uuid:public_id>/diminuzione/", views.LowerCommitment.as_view(), name="lower_commitment"),
    path("impegni/<uuid:public_id>/chiusura/", views.EndCommitment.as_view(), name="end_commitment"),
    path("impegni/<uuid:public_id>/libera/", views.ReleaseLeft.as_view(), name="release_left"),
    path("movimenti/", views.Movements.as_view(), name="movements"),
    path("movimenti/file/<str:kind>/", views.MovementsFile.as_view(), name="movements_file"),
    path("confronto/", views.Compare.as_view(), name="compare"),
    path("chiusure/", views.Closings.as_view(), name="closing"),
    path("chiusure/<uuid:public_id>/conferma/", views.ConfirmClosing.as_view(), name="confirm_closing"),
    path("chiusure/<uuid:public_id>/ritiro/", views.WithdrawClosing.as_view(), name="withdraw_closing"),
    path("chiusure/<uuid:public_id>/riapri/", views.ReopenPeriod.as_view(), name="reopen_period"),
]
