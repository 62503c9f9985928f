from django.urls import path

from .views import projects

app_name = "project_results"
urlpatterns = [path("<uuid:public_id>/risultati/", projects.Results.as_view(), name="indicators")]
