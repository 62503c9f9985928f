from django.urls import path

from .views import accidents, evaluations, own_evaluation

app_name = "monitoring"
urlpatterns = [
    path("incidenti/", accidents.List.as_view(), name="list"),
    path("incidenti/nuovo/<uuid:public_id>/", accidents.New.as_view(), name="new"),
    path("incidenti/segnala/<uuid:public_id>/", accidents.Report.as_view(), name="report"),
    path("incidenti/segnalato/", accidents.Reported.as_view(), name="reported"),
    path("incidenti/<uuid:public_id>/", accidents.Detail.as_view(), name="detail"),
    path("incidenti/<uuid:public_id>/dati/", accidents.Edit.as_view(), name="edit"),
    path("incidenti/<uuid:public_id>/chiudi/", accidents.Close.as_view(), name="close"),
    path("incidenti/<uuid:public_id>/riapri/", accidents.Reopen.as_view(), name="reopen"),
    path("avvisi/<uuid:public_id>/fatto/", accidents.NoticeSent.as_view(), name="notice_sent"),
    path("avvisi/<uuid:public_id>/non-serve/", accidents.NoticeWaived.as_view(), name="notice_waived"),
    path("avvisi/<uuid:public_id>/file/", accidents.NoticeFile.as_view(), name="notice_file"),
    path("valutazioni/", evaluations.List.as_view(), name="evaluations"),
    path("valutazioni/tirocinio/<uuid:public_id>/", evaluations.Side.as_view(), name="evaluations_of"),
    path("valutazioni/tirocinio/<uuid:public_id>/chiedi/", evaluations.Ask.as_view(), name="ask_evaluation"),
    path("valutazioni/tirocinio/<uuid:public_id>/carte/", evaluations.MakePapers.as_view(), name="make_evaluation_paper"),
    path("valutazioni/tirocinio/<uuid:public_id>/carte/<uuid:paper_id>/", evaluations.Paper.as_view(), name="evaluation_paper"),
    path("valutazioni/<uuid:public_id>/", evaluations.Detail.as_view(), name="evaluation"),
    path("valutazioni/<uuid:public_id>/rispondi/", evaluations.Answer.as_view(), name="answer_evaluation"),
    path("valutazioni/<uuid:public_id>/su-carta/", evaluations.OnPaper.as_view(), name="evaluation_on_paper"),
    path("valutazioni/<uuid:public_id>/foglio/", evaluations.Scan.as_view(), name="evaluation_scan"),
    path("valutazioni/<uuid:public_id>/foglio/aggiungi/", evaluations.AddScan.as_view(), name="add_evaluation_scan"),
    path("valutazioni/<uuid:public_id>/correggi/", evaluations.Correct.as_view(), name="correct_evaluation"),
    path("valutazioni/<uuid:public_id>/non-si-fa/", evaluations.Waive.as_view(), name="waive_evaluation"),
    path("valutazioni/<uuid:public_id>/di-nuovo/", evaluations.AskAgain.as_view(), name="ask_evaluation_again"),
    path("valutazioni/<uuid:public_id>/collegamento/", evaluations.SendLink.as_view(), name="send_evaluation_link"),
    path("valutazioni/<uuid:public_id>/sentita/", evaluations.Heard.as_view(), name="heard_disagreement"),
    path("valutazioni/<uuid:public_id>/tablet/", own_evaluation.TabletStart.as_view(), name="tablet_start"),
    path("valutazioni/<uuid:public_id>/tablet/domanda/<int:number>/", own_evaluation.TabletQuestion.as_view(), name="tablet_question"),
    path("valutazioni/<uuid:public_id>/tablet/fine/", own_evaluation.TabletFinish.as_view(), name="tablet_finish"),
    path("valutazioni/<uuid:public_id>/tablet/raccontata/", own_evaluation.TabletHear.as_view(), name="tablet_told"),
]
