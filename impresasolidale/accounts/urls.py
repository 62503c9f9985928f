from django.urls import path

from . import token_views, views

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
    path("utenti/", views.Users.as_view(), name="users"),
    path("utenti/nuovo/", views.NewUser.as_view(), name="new_user"),
    path("utenti/<int:pk>/chiudi/", views.EndMembership.as_view(), name="end_membership"),
]
