from django.urls import path

from .views import home, looks, requests

app_name = "privacy"
urlpatterns = [
    path("protezione-dei-dati/", home.Home.as_view(), name="home"),
    path("chi-ha-guardato/", looks.Looks.as_view(), name="looks"),
    path("chi-ha-guardato/persona/", looks.FindPerson.as_view(), name="find_person"),
    path("chi-ha-guardato/elenco.<str:ending>", looks.LooksFile.as_view(), name="looks_file"),
    path("protezione-dei-dati/richieste/", requests.Requests.as_view(), name="requests"),
    path("protezione-dei-dati/richieste/nuova/", requests.WhoseRequest.as_view(), name="whose_request"),
    path("protezione-dei-dati/richieste/nuova/<uuid:public_id>/", requests.NewRequest.as_view(), name="new_request"),
    path("protezione-dei-dati/richieste/<uuid:public_id>/", requests.RequestPage.as_view(), name="request"),
    path("protezione-dei-dati/richieste/<uuid:public_id>/proroga/", requests.Extend.as_view(), name="extend_request"),
    path("protezione-dei-dati/richieste/<uuid:public_id>/nomi/", requests.DecideNames.as_view(), name="decide_names"),
    path("protezione-dei-dati/richieste/<uuid:public_id>/copia/", requests.MakeCopy.as_view(), name="make_copy"),
    path("protezione-dei-dati/richieste/<uuid:public_id>/copia.pdf", requests.CopyFile.as_view(), name="copy_file"),
    path("protezione-dei-dati/richieste/<uuid:public_id>/copia.json", requests.CopyData.as_view(), name="copy_data"),
    path("protezione-dei-dati/richieste/<uuid:public_id>/risposta/", requests.Answer.as_view(), name="answer_request"),
    path("protezione-dei-dati/richieste/<uuid:public_id>/no/", requests.Refuse.as_view(), name="refuse_request"),
    path("protezione-dei-dati/richieste/<uuid:public_id>/ritirata/", requests.Withdraw.as_view(), name="withdraw_request"),
]
