from django.urls import path

from . import office

app_name = "site"
urlpatterns = [
    path("", office.Articles.as_view(), name="articles"),
    path("nuova/", office.NewArticle.as_view(), name="new_article"),
    path("accessibilita/", office.Statement.as_view(), name="statement"),
    path("accessibilita/fatta/", office.StatementDone.as_view(), name="statement_done"),
    path("<uuid:public_id>/", office.ArticlePage.as_view(), name="article"),
    path("<uuid:public_id>/modifica/", office.EditArticle.as_view(), name="edit_article"),
    path("<uuid:public_id>/foto/", office.PhotoFile.as_view(), name="photo"),
    path("<uuid:public_id>/foto/metti/", office.SetPhoto.as_view(), name="set_photo"),
    path("<uuid:public_id>/foto/togli/", office.RemovePhoto.as_view(), name="remove_photo"),
    path("<uuid:public_id>/consensi/nuovo/", office.AddConsent.as_view(), name="add_consent"),
    path("<uuid:public_id>/consensi/<uuid:consent_id>/", office.ConsentFile.as_view(), name="consent_file"),
    path("<uuid:public_id>/consensi/<uuid:consent_id>/revoca/", office.RevokeConsent.as_view(), name="revoke_consent"),
    path("<uuid:public_id>/proponi/", office.Propose.as_view(), name="propose"),
    path("<uuid:public_id>/pubblica/", office.Publish.as_view(), name="publish"),
    path("<uuid:public_id>/rimanda/", office.Return.as_view(), name="return"),
    path("<uuid:public_id>/ritira/", office.Withdraw.as_view(), name="withdraw"),
    path("<uuid:public_id>/riprendi/", office.Reopen.as_view(), name="reopen"),
]
