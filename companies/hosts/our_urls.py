"""Addresses of what a company's contact does for the own company."""

from django.urls import path

from .views import conduct, ours

app_name = "ours"
urlpatterns = [
    path("regole/", conduct.OurConduct.as_view(), name="conduct"),
    path("posti/nuovi/", ours.NewPlaces.as_view(), name="new_places"),
    path("posti/<uuid:opening_id>/", ours.EditPlaces.as_view(), name="edit_places"),
    path("pausa/", ours.Rest.as_view(), name="rest"),
    path("colleghi/invito/", ours.Invite.as_view(), name="invite"),
    path("colleghi/<uuid:user_id>/togli/", ours.Remove.as_view(), name="remove"),
    path("dati/<uuid:proposal_id>/ritira/", ours.WithdrawCorrection.as_view(), name="withdraw"),
    path("spese/nuova/", ours.NewExpense.as_view(), name="new_expense"),
    path("spese/<uuid:expense_id>/togli/", ours.RemoveExpense.as_view(), name="remove_expense"),
]
