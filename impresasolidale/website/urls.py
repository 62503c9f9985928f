from django.urls import path, re_path

from . import fund, open_data, ready, views

app_name = "website"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("numeri/", open_data.Figures.as_view(), name="figures"),
    path("dati-aperti/", open_data.OpenData.as_view(), name="open_data"),
    path("dati-aperti/catalogo.<str:kind>", open_data.Catalogue.as_view(), name="catalogue"),
    path("dati-aperti/dizionario.json", open_data.Dictionary.as_view(), name="dictionary"),
    path("dati-aperti/<str:release>/<slug:dataset>.<str:kind>", open_data.DatasetFile.as_view(), name="dataset"),
    path("registro/", views.Register.as_view(), name="register"),
    path("verifica/", views.Verify.as_view(), name="verify"),
    path("verifica/corsi/<uuid:public_id>.json", views.BadgeClass.as_view(), name="badge_class"),
    path("verifica/ente/<str:code>.json", views.Issuer.as_view(), name="issuer"),
    path("verifica/<str:code>/distintivo.json", views.Badge.as_view(), name="badge"),
    re_path(r"^verifica/(?P<code>[^/]+)/?$", views.VerifiedPaper.as_view(), name="verified"),
    path("insieme/<str:code>/", views.Card.as_view(), name="card"),
    path("fondo-di-solidarieta/", fund.Fund.as_view(), name="fund"),
    path("fondo-di-solidarieta/come-donare/", fund.Give.as_view(), name="give"),
    path("fondo-di-solidarieta/rendiconto/<str:year>/<slug:table>.csv", fund.AccountTable.as_view(), name="account_table"),
    path("fondo-di-solidarieta/rendiconto/<str:year>.<str:kind>", fund.AccountFile.as_view(), name="account_file"),
    path("fondo-di-solidarieta/trasparenza/", fund.Lists.as_view(), name="grants_lists"),
    path("fondo-di-solidarieta/trasparenza/<slug:code>/", fund.Grants.as_view(), name="grants"),
    path("fondo-di-solidarieta/trasparenza/<slug:code>/elenco.<str:kind>", fund.GrantsFile.as_view(), name="grants_file"),
    path("aderisci/", views.Join.as_view(), name="join"),
    path("aderisci/grazie/", views.Joined.as_view(), name="joined"),
    path("ancora/risposta/<uuid:public_id>/", ready.Answer.as_view(), name="ready"),
    path("ancora/<str:token>/", ready.Door.as_view(), name="ready_door"),
    path("privacy/", views.Privacy.as_view(), name="privacy"),
    path("accessibilita/", views.Accessibility.as_view(), name="accessibility"),
]
