from django.urls import path

from .views import closures, companies, people, places

app_name = "hosts"
urlpatterns = [
    path("", companies.List.as_view(), name="list"),
    path("nuova/", companies.New.as_view(), name="new"),
    path("posti/", places.Places.as_view(), name="places"),
    path("posti/elenco.<str:ending>", places.PlacesFile.as_view(), name="places_file"),
    path("<uuid:public_id>/", companies.Detail.as_view(), name="detail"),
    path("<uuid:public_id>/modifica/", companies.Edit.as_view(), name="edit"),
    path("<uuid:public_id>/sedi/nuova/", companies.NewSite.as_view(), name="new_site"),
    path("<uuid:public_id>/posti/nuovi/", places.NewPlaces.as_view(), name="new_places"),
    path("<uuid:public_id>/posti/<uuid:opening_id>/", places.EditPlaces.as_view(), name="edit_places"),
    path("<uuid:public_id>/disponibilita/", places.NoteInterest.as_view(), name="note_interest"),
    path("<uuid:public_id>/chiusure/nuova/", closures.NewClosure.as_view(), name="new_closure"),
    path("<uuid:public_id>/chiusure/<uuid:closure_id>/togli/", closures.RemoveClosure.as_view(), name="remove_closure"),
    path("<uuid:public_id>/tutor/nuovo/", people.NewTutor.as_view(), name="new_tutor"),
    path("<uuid:public_id>/tutor/<uuid:tutor_id>/modifica/", people.EditTutor.as_view(), name="edit_tutor"),
    path("<uuid:public_id>/tutor/<uuid:tutor_id>/invito/", people.TutorInvite.as_view(), name="tutor_invite"),
    path("<uuid:public_id>/tutor/<uuid:tutor_id>/fine/", people.EndEngagement.as_view(), name="end_engagement"),
    path("<uuid:public_id>/referenti/invito/", people.ContactInvite.as_view(), name="contact_invite"),
]
