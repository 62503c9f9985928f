"""The office's and the trainer's pages."""

from django.urls import path

from .views import editions, extras, people

app_name = "training"
urlpatterns = [
    path("", editions.List.as_view(), name="list"),
    path("elenco.<str:ending>", editions.ListFile.as_view(), name="file"),
    path("concluse/", editions.List.as_view(past=True), name="past"),
    path("concluse/elenco.<str:ending>", editions.ListFile.as_view(past=True), name="past_file"),
    path("nuova/", editions.New.as_view(), name="new"),
    path("tutor/", people.Tutors.as_view(), name="tutors"),
    path("tutor/elenco.<str:ending>", people.TutorsFile.as_view(), name="tutors_file"),
    path("tutor/<uuid:public_id>/", people.Tutor.as_view(), name="tutor"),
    path("tutor/<uuid:public_id>/riconosci/", people.Recognise.as_view(), name="recognise"),
    path("tutor/<uuid:public_id>/libretto/", people.MakePassport.as_view(), name="make_passport"),
    path("tutor/<uuid:public_id>/libretto.pdf", people.PassportFile.as_view(), name="passport_file"),
    path("riconosciuti/<uuid:public_id>/annulla/", people.WithdrawRecognition.as_view(), name="withdraw_recognition"),
    path("attestati/<uuid:public_id>/", editions.CertificateFile.as_view(), name="document"),
    path("<uuid:public_id>/", editions.Detail.as_view(), name="detail"),
    path("<uuid:public_id>/elenco.<str:ending>", editions.ParticipantsFile.as_view(), name="participants_file"),
    path("<uuid:public_id>/modifica/", editions.Change.as_view(), name="change"),
    path("<uuid:public_id>/iscrizioni/", editions.Enrol.as_view(), name="enrol"),
    path("<uuid:public_id>/inviti/", editions.Invite.as_view(), name="invite"),
    path("<uuid:public_id>/iscrizioni/<uuid:enrolment_id>/ritiro/", editions.Withdraw.as_view(), name="withdraw"),
    path("<uuid:public_id>/iscrizioni/<uuid:enrolment_id>/attestato/", editions.Certify.as_view(), name="certify"),
    path("<uuid:public_id>/incontri/<uuid:session_id>/presenze/", editions.Record.as_view(), name="record"),
    path("<uuid:public_id>/incontri/<uuid:session_id>/codice/", editions.Screen.as_view(), name="screen"),
    path("<uuid:public_id>/chiusura/", editions.Close.as_view(), name="close"),
    path("<uuid:public_id>/materiali/", extras.AddMaterial.as_view(), name="add_material"),
    path("<uuid:public_id>/materiali/<uuid:material_id>/", extras.MaterialFile.as_view(), name="material"),
    path("<uuid:public_id>/materiali/<uuid:material_id>/togli/", extras.RemoveMaterial.as_view(), name="remove_material"),
    path("<uuid:public_id>/costi/", extras.ProposeCost.as_view(), name="propose_cost"),
    path("<uuid:public_id>/costi/<uuid:cost_id>/conferma/", extras.ConfirmCost.as_view(), name="confirm_cost"),
    path("<uuid:public_id>/costi/<uuid:cost_id>/togli/", extras.WithdrawCost.as_view(), name="withdraw_cost"),
]
