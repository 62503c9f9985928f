from django.urls import path

from . import views

app_name = "beneficiaries"
urlpatterns = [
    path("", views.People.as_view(), name="list"),
    path("nuova/", views.NewPerson.as_view(), name="new"),
    path("<uuid:public_id>/", views.PersonDetail.as_view(), name="detail"),
    path("<uuid:public_id>/motivo/", views.OpenWithReason.as_view(), name="reason"),
    path("<uuid:public_id>/modifica/", views.EditPerson.as_view(), name="edit"),
    path("<uuid:public_id>/rappresentante/", views.AddRepresentative.as_view(), name="new_representative"),
    path("<uuid:public_id>/presa-in-carico/", views.TakeInCharge.as_view(), name="new_charge"),
    path("<uuid:public_id>/valutazione/", views.RecordAssessment.as_view(), name="new_assessment"),
    path("<uuid:public_id>/informativa/", views.GivePrivacyNotice.as_view(), name="privacy_notice"),
    path("<uuid:public_id>/equipe/", views.JoinCareTeam.as_view(), name="care_team"),
    path("<uuid:public_id>/doppioni/", views.ChooseDouble.as_view(), name="merge"),
    path("<uuid:public_id>/doppioni/<uuid:other_id>/", views.MergePeople.as_view(), name="merge_confirm"),
    path("<uuid:public_id>/unioni/<uuid:log_id>/annulla/", views.UndoMerge.as_view(), name="undo_merge"),
]
