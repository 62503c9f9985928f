from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("accesso/", views.SignInPage.as_view(), name="sign_in"),
    path("accesso/esci/", views.SignOut.as_view(), name="sign_out"),
    path("accesso/cambia/", views.SwitchContext.as_view(), name="switch"),
    path("accesso/dimenticata/", views.ForgotPasswordPage.as_view(), name="forgot_password"),
    path("accesso/invito/<str:token>/", views.AcceptInvitation.as_view(), name="accept_invitation"),
]
