"""The area of the person and of who represents her: it opens with a digital identity, where a body connected its sign-in."""

from django.urls import path

from . import area

app_name = "area"
urlpatterns = [
    path("", area.Mine.as_view(), name="mine"),
    path("entra/", area.Enter.as_view(), name="enter"),
    path("esci/", area.Leave.as_view(), name="leave"),
    path("parla/fatto/", area.Told.as_view(), name="told"),
    path("parla/<uuid:public_id>/", area.AskToTalk.as_view(), name="ask"),
    path("carte/<uuid:public_id>/", area.Paper.as_view(), name="paper"),
    path("valutazioni/<uuid:public_id>/", area.EvaluationStart.as_view(), name="evaluation_start"),
    path("valutazioni/<uuid:public_id>/domanda/<int:number>/", area.EvaluationQuestion.as_view(), name="evaluation_question"),
    path("valutazioni/<uuid:public_id>/fine/", area.EvaluationFinish.as_view(), name="evaluation_finish"),
    path("valutazioni/<uuid:public_id>/raccontata/", area.EvaluationTold.as_view(), name="evaluation_told"),
]
