from django.urls import path

from . import views

app_name = "matching"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("persone/<uuid:public_id>/", views.PersonPage.as_view(), name="person"),
    path("persone/<uuid:public_id>/scheda/", views.WritePersonSheet.as_view(), name="person_sheet"),
    path("persone/<uuid:public_id>/file/<str:kind>/", views.PersonFile.as_view(), name="person_file"),
    path("sedi/<uuid:public_id>/", views.SitePage.as_view(), name="site"),
    path("sedi/<uuid:public_id>/scheda/", views.WriteSiteSheet.as_view(), name="site_sheet"),
    path("sedi/<uuid:public_id>/file/<str:kind>/", views.SiteFile.as_view(), name="site_file"),
]
