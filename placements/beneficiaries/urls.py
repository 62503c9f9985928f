from django.urls import path

from .views import people, records, team

app_name = "beneficiaries"
urlpatterns = [
    path("", people.People.as_view(), name="list"),
    path("nuova/", people.NewPerson.as_view(), name="new"),
    path("<uuid:public_id>/", people.PersonDetail.as_view(), name="detail"),
    path("<uuid:public_id>/motivo/", people.OpenWithReason.as_view(), name="reason"),
    path("<uuid:public_id>/modifica/", people.EditPerson.as_view(), name="edit"),
    path("<uuid:public_id>/rappresentante/", records.AddRepresentative.as_view(), name="new_representative"),
    path("<uuid:public_id>/presa-in-carico/", records.TakeInCharge.as_view(), name="new_charge"),
    path("<uuid:public_id>/valutazione/", records.RecordAssessment.as_view(), name="new_assessment"),
    path("<uuid:public_id>/informativa/", people.GivePrivacyNotice.as_view(), name="privacy_notice"),
    path("<uuid:public_id>/equipe/", team.JoinCareTeam.as_view(), name="care_team"),
    path("<uuid:public_id>/doppioni/", team.ChooseDouble.as_view(), name="merge"),
    path("<uuid:public_id>/doppioni/<uuid:other_id>/", team.MergePeople.as_view(), name="merge_confirm"),
    path("<uuid:public_id>/unioni/<uuid:log_id>/annulla/", team.UndoMerge.as_view(), name="undo_merge"),
]
