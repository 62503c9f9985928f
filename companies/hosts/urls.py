from django.urls import path

from . import views

app_name = "hosts"
urlpatterns = [
    path("", views.List.as_view(), name="list"),
    path("nuova/", views.New.as_view(), name="new"),
    path("<uuid:public_id>/", views.Detail.as_view(), name="detail"),
    path("<uuid:public_id>/modifica/", views.Edit.as_view(), name="edit"),
    path("<uuid:public_id>/sedi/nuova/", views.NewSite.as_view(), name="new_site"),
    path("<uuid:public_id>/chiusure/nuova/", views.NewClosure.as_view(), name="new_closure"),
    path("<uuid:public_id>/chiusure/<uuid:closure_id>/togli/", views.RemoveClosure.as_view(), name="remove_closure"),
    path("<uuid:public_id>/tutor/nuovo/", views.NewTutor.as_view(), name="new_tutor"),
    path("<uuid:public_id>/tutor/<uuid:tutor_id>/modifica/", views.EditTutor.as_view(), name="edit_tutor"),
    path("<uuid:public_id>/tutor/<uuid:tutor_id>/invito/", views.TutorInvite.as_view(), name="tutor_invite"),
    path("<uuid:public_id>/tutor/<uuid:tutor_id>/fine/", views.EndEngagement.as_view(), name="end_engagement"),
    path("<uuid:public_id>/referenti/invito/", views.ContactInvite.as_view(), name="contact_invite"),
]
