from django.urls import path

from .views import closures, companies, contacts, people, places, sites

app_name = "hosts"
urlpatterns = [
    path("", companies.List.as_view(), name="list"),
    path("elenco.<str:ending>", companies.CompaniesFile.as_view(), name="file"),
    path("tutor/", people.Tutors.as_view(), name="tutors"),
    path("tutor/elenco.<str:ending>", people.TutorsFile.as_view(), name="tutors_file"),
    path("nuova/", companies.New.as_view(), name="new"),
    path("attivita/", companies.ateco_options, name="ateco"),
    path("posti/", places.Places.as_view(), name="places"),
    path("posti/elenco.<str:ending>", places.PlacesFile.as_view(), name="places_file"),
    path("<uuid:public_id>/", companies.Detail.as_view(), name="detail"),
    path("<uuid:public_id>/modifica/", companies.Edit.as_view(), name="edit"),
    path("<uuid:public_id>/controlla/", companies.Check.as_view(), name="check"),
    path("<uuid:public_id>/sedi/nuova/", sites.NewSite.as_view(), name="new_site"),
    path("<uuid:public_id>/sedi/<uuid:site_id>/modifica/", sites.EditSite.as_view(), name="edit_site"),
    path("<uuid:public_id>/sedi/<uuid:site_id>/chiudi/", sites.CloseSite.as_view(), name="close_site"),
    path("<uuid:public_id>/sedi/<uuid:site_id>/riapri/", sites.ReopenSite.as_view(), name="reopen_site"),
    path("<uuid:public_id>/posti/nuovi/", places.NewPlaces.as_view(), name="new_places"),
    path("<uuid:public_id>/posti/<uuid:opening_id>/", places.EditPlaces.as_view(), name="edit_places"),
    path("<uuid:public_id>/disponibilita/", places.NoteInterest.as_view(), name="note_interest"),
    path("<uuid:public_id>/chiusure/nuova/", closures.NewClosure.as_view(), name="new_closure"),
    path("<uuid:public_id>/chiusure/<uuid:closure_id>/togli/", closures.RemoveClosure.as_view(), name="remove_closure"),
    path("<uuid:public_id>/tutor/nuovo/", people.NewTutor.as_view(), name="new_tutor"),
    path("<uuid:public_id>/tutor/<uuid:tutor_id>/modifica/", people.EditTutor.as_view(), name="edit_tutor"),
    path("<uuid:public_id>/tutor/<uuid:tutor_id>/invito/", people.TutorInvite.as_view(), name="tutor_invite"),
    path("<uuid:public_id>/tutor/<uuid:tutor_id>/fine/", people.EndEngagement.as_view(), name="end_engagement"),
    path("<uuid:public_id>/persone/nuova/", contacts.NewContact.as_view(), name="new_contact"),
    path("<uuid:public_id>/persone/<uuid:contact_id>/modifica/", contacts.EditContact.as_view(), name="edit_contact"),
    path("<uuid:public_id>/persone/<uuid:contact_id>/fine/", contacts.EndContact.as_view(), name="end_contact"),
    path("<uuid:public_id>/referenti/invito/", contacts.Invite.as_view(), name="contact_invite"),
]
