"""Addresses of who answers without an account: the link's own, and the pages behind it, which carry no secret."""

from django.urls import path

from .views import own_evaluation as own

app_name = "my_evaluation"
urlpatterns = [
    path("pagina/<uuid:public_id>/", own.LinkStart.as_view(), name="start"),
    path("pagina/<uuid:public_id>/domanda/<int:number>/", own.LinkQuestion.as_view(), name="question"),
    path("pagina/<uuid:public_id>/fine/", own.LinkFinish.as_view(), name="finish"),
    path("pagina/<uuid:public_id>/raccontata/", own.LinkHear.as_view(), name="told"),
    path("<str:token>/", own.Door.as_view(), name="door"),
]
