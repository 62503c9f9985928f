from django.urls import path

from . import factor_views, outside_views, token_views, views

app_name = "accounts"
urlpatterns = [
    path("accesso/", views.SignInPage.as_view(), name="sign_in"),
    path("accesso/esci/", views.SignOut.as_view(), name="sign_out"),
    path("accesso/cambia/", views.SwitchContext.as_view(), name="switch"),
    path("accesso/dimenticata/", views.ForgotPasswordPage.as_view(), name="forgot_password"),
    path("accesso/invito/<str:token>/", views.AcceptInvitation.as_view(), name="accept_invitation"),
    path("chiavi/", token_views.Tokens.as_view(), name="tokens"),
    path("chiavi/nuova/", token_views.NewToken.as_view(), name="new_token"),
    path("chiavi/<uuid:public_id>/togli/", token_views.EndToken.as_view(), name="end_token"),
    path("accesso/conferma/", factor_views.SecondFactorPage.as_view(), name="second_factor"),
    path("accesso/sono-io/", factor_views.ItIsMePage.as_view(), name="it_is_me"),
    path("accesso/il-mio/", factor_views.MyAccess.as_view(), name="my_access"),
    path("accesso/il-mio/app/", factor_views.AddApp.as_view(), name="add_app"),
    path("accesso/il-mio/passkey/", factor_views.AddPasskey.as_view(), name="add_passkey"),
    path("accesso/il-mio/codici/", factor_views.NewCodes.as_view(), name="new_codes"),
    path("accesso/il-mio/password/", factor_views.ChangePassword.as_view(), name="change_password"),
    path("accesso/il-mio/fuori/", factor_views.EndSession.as_view(), name="end_session"),
    path("accesso/il-mio/tasto-cerca/", factor_views.SearchKey.as_view(), name="search_key"),
    path("accesso/il-mio/<uuid:public_id>/togli/", factor_views.RemoveFactor.as_view(), name="remove_factor"),
    path("accesso/ente/", outside_views.OutsideStart.as_view(), name="outside"),
    path("accesso/ente/cittadino/", outside_views.CitizenStart.as_view(), name="citizen"),
    path("accesso/ente/rientro/", outside_views.OutsideBack.as_view(), name="outside_back"),
    path("accesso/ente/uscita/", outside_views.SignedOut.as_view(), name="signed_out"),
    path("assistenza/", factor_views.BeginVisit.as_view(), name="begin_visit"),
    path("assistenza/fine/", factor_views.EndVisit.as_view(), name="end_visit"),
    path("utenti/", views.Users.as_view(), name="users"),
    path("utenti/nuovo/", views.NewUser.as_view(), name="new_user"),
    path("utenti/<uuid:public_id>/azzera/", factor_views.ResetFactors.as_view(), name="reset_factors"),
    path("utenti/<int:pk>/chiudi/", views.EndMembership.as_view(), name="end_membership"),
]
