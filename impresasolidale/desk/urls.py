from django.urls import path

from . import diary, office, register, views

app_name = "desk"
urlpatterns = [
    path("scrivania/", views.home, name="home"),
    path("scrivania/incarico/", views.own_page, name="first_page"),
    path("i-miei-incarichi/", views.Hats.as_view(), name="hats"),
    path("benvenuto/", views.Welcome.as_view(), name="welcome"),
    path("la-nostra-impresa/", views.OurCompany.as_view(), name="our_company"),
    path("persone/<uuid:public_id>/panoramica/", views.Person.as_view(), name="person"),
    path("persone/<uuid:public_id>/diario/", diary.Diary.as_view(), name="diary"),
    path("persone/<uuid:public_id>/diario/nuova/", diary.NewEntry.as_view(), name="new_entry"),
    path("persone/<uuid:public_id>/diario/<uuid:entry_id>/correzione/", diary.CorrectEntry.as_view(), name="correct_entry"),
    path("imprese/<uuid:public_id>/panoramica/", views.Company.as_view(), name="company"),
    path("da-fare/", views.Inbox.as_view(), name="inbox"),
    path("cerca/", views.Search.as_view(), name="search"),
    path("posta/", views.Messages.as_view(), name="messages"),
    path("posta/<uuid:public_id>/rimanda/", views.Resend.as_view(), name="resend"),
    path("posta/<uuid:public_id>/consegna/", views.Delivery.as_view(), name="delivery"),
    path("persone/<uuid:public_id>/promemoria/", views.MutePerson.as_view(), name="mute_person"),
    path("tirocini/<uuid:public_id>/promemoria/", views.MutePlacement.as_view(), name="mute_placement"),
    path("promemoria-sospesi/", views.Mutes.as_view(), name="mutes"),
    path("promemoria-sospesi/<uuid:public_id>/riattiva/", views.Unmute.as_view(), name="unmute"),
    path("protocollo/", register.ToRegister.as_view(), name="to_register"),
    path("protocollo/zip/", register.Zip.as_view(), name="register_zip"),
    path("protocollo/numeri/", register.Numbers.as_view(), name="register_numbers"),
    path("ufficio/", office.Office.as_view(), name="office"),
    path("ufficio/intestazione/", office.EditLetterhead.as_view(), name="letterhead"),
    path("ufficio/bollo/", office.NewStampDuty.as_view(), name="new_stamp_duty"),
    path("ufficio/loghi/", office.NewFundingLogo.as_view(), name="new_funding_logo"),
    path("ufficio/loghi/<uuid:public_id>/", office.LogoFile.as_view(), name="logo"),
    path("chi-ha-guardato/", views.Looks.as_view(), name="looks"),
    path("salute/", views.Health.as_view(), name="health"),
]
