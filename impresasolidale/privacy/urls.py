from django.urls import path

from .views import looks

app_name = "privacy"
urlpatterns = [
    path("chi-ha-guardato/", looks.Looks.as_view(), name="looks"),
    path("chi-ha-guardato/persona/", looks.FindPerson.as_view(), name="find_person"),
    path("chi-ha-guardato/elenco.<str:ending>", looks.LooksFile.as_view(), name="looks_file"),
]
