from django.urls import path

from . import views

app_name = "desk"
urlpatterns = [
    path("scrivania/", views.home, name="home"),
    path("benvenuto/", views.Welcome.as_view(), name="welcome"),
    path("la-nostra-impresa/", views.OurCompany.as_view(), name="our_company"),
    path("persone/<uuid:public_id>/panoramica/", views.Person.as_view(), name="person"),
    path("imprese/<uuid:public_id>/panoramica/", views.Company.as_view(), name="company"),
    path("da-fare/", views.Inbox.as_view(), name="inbox"),
    path("cerca/", views.Search.as_view(), name="search"),
    path("posta/", views.Messages.as_view(), name="messages"),
    path("chi-ha-guardato/", views.Looks.as_view(), name="looks"),
    path("salute/", views.Health.as_view(), name="health"),
]
