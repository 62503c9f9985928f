from django.urls import path

from . import views

app_name = "territory"
urlpatterns = [path("comuni/", views.comune_options, name="comuni")]
