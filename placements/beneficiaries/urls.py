from django.urls import path

from .views import people, records, team, waiting

app_name = "beneficiaries"
urlpatterns = [
    path("", people.People.as_view(), name="list"),
    path("nuova/", people.NewPerson.as_view(), name="new"),
    path("attesa/", waiting.WaitingList.as_view(), name="waiting"),
    path("attesa/elenco.csv", waiting.WaitingFile.as_view(), name="waiting_file"),
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
    path("<uuid:public_id>/rappresentante/<uuid:row_id>/", records.EditRepresentative.as_view(), name="edit_representative"),
    path("<uuid:public_id>/segnalazione/", records.RecordReferral.as_view(), name="new_referral"),
    path("<uuid:public_id>/segnalazione/<uuid:row_id>/", records.AnswerReferral.as_view(), name="answer_referral"),
    path("<uuid:public_id>/presa-in-carico/<uuid:row_id>/", records.EndCharge.as_view(), name="end_charge"),
    path("<uuid:public_id>/condizione/", records.RecordEvidence.as_view(), name="new_evidence"),
    path("<uuid:public_id>/condizione/<uuid:row_id>/", records.WithdrawEvidence.as_view(), name="withdraw_evidence"),
    path("<uuid:public_id>/consenso/", records.GiveConsent.as_view(), name="new_consent"),
    path("<uuid:public_id>/consenso/<uuid:row_id>/", records.RevokeConsent.as_view(), name="revoke_consent"),
    path("<uuid:public_id>/atti/<str:kind>/<uuid:row_id>/", records.PaperFile.as_view(), name="paper"),
    path("<uuid:public_id>/attesa/", waiting.EnterList.as_view(), name="enter_waiting"),
    path("<uuid:public_id>/attesa/<uuid:row_id>/urgenze/", waiting.SetPriorities.as_view(), name="waiting_priorities"),
    path("<uuid:public_id>/attesa/<uuid:row_id>/proposta/", waiting.ProposeFromList.as_view(), name="waiting_proposed"),
    path("<uuid:public_id>/attesa/<uuid:row_id>/di-nuovo/", waiting.ReturnToList.as_view(), name="waiting_returned"),
    path("<uuid:public_id>/attesa/<uuid:row_id>/posto/", waiting.PlaceFromList.as_view(), name="waiting_placed"),
    path("<uuid:public_id>/attesa/<uuid:row_id>/uscita/", waiting.LeaveList.as_view(), name="waiting_removed"),
]
