from django.urls import path

from . import views

app_name = "core"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("componenti/", views.components, name="components"),
    path("lavori/<uuid:public_id>/", views.JobPage.as_view(), name="job"),
    path("lavori/<uuid:public_id>/annulla/", views.CancelJob.as_view(), name="cancel_job"),
]
