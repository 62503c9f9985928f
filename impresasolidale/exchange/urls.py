from django.urls import path

from . import case_views, columns, outgoing, searches, siuss_views, views

app_name = "exchange"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("importa/", views.NewImport.as_view(), name="new_import"),
    path("modelli/<slug:kind>/", views.Template.as_view(), name="template"),
    path("importa/<uuid:public_id>/", views.ImportPage.as_view(), name="import"),
    path("importa/<uuid:public_id>/colonne/", views.Columns.as_view(), name="columns"),
    path("importa/<uuid:public_id>/righe/<int:number>/", views.CorrectRow.as_view(), name="row"),
    path("importa/<uuid:public_id>/righe/<int:number>/scheda/", views.Subject.as_view(), name="subject"),
    path("importa/<uuid:public_id>/conferma/", views.Confirm.as_view(), name="confirm"),
    path("importa/<uuid:public_id>/lascia/", views.Drop.as_view(), name="drop"),
    path("importa/<uuid:public_id>/annulla/", views.Undo.as_view(), name="undo"),
    path("importa/<uuid:public_id>/non-importate/<slug:kind>/", views.NotTaken.as_view(), name="not_taken"),
    path("ricerche/nuova/", searches.SaveSearch.as_view(), name="save_search"),
    path("ricerche/<uuid:public_id>/togli/", searches.DropSearch.as_view(), name="drop_search"),
    path("colonne/", columns.ChooseColumns.as_view(), name="choose_columns"),
    path("colonne/solite/", columns.UsualColumns.as_view(), name="usual_columns"),
    path("esportazioni/", outgoing.Exports.as_view(), name="exports"),
    path("cartella-sociale/", case_views.CaseFiles.as_view(), name="case_files"),
    path("cartella-sociale/<slug:kind>/", case_views.CaseFilesFile.as_view(), name="case_files_file"),
    path("cartella-sociale/<uuid:public_id>/<slug:kind>/", case_views.OneCaseFile.as_view(), name="case_file"),
    path("prestazioni/", siuss_views.Benefits.as_view(), name="benefits"),
    path("prestazioni/codici/", siuss_views.EditCodes.as_view(), name="benefit_codes"),
    path("prestazioni/file/<slug:kind>/", siuss_views.BenefitsFile.as_view(), name="benefits_file"),
    path("tutti-i-dati/", outgoing.TakeOuts.as_view(), name="take_outs"),
    path("tutti-i-dati/chiedi/", outgoing.AskTakeOut.as_view(), name="ask_take_out"),
    path("tutti-i-dati/<uuid:public_id>/approva/", outgoing.ApproveTakeOut.as_view(), name="approve_take_out"),
    path("tutti-i-dati/<uuid:public_id>/rifiuta/", outgoing.RefuseTakeOut.as_view(), name="refuse_take_out"),
    path("tutti-i-dati/<uuid:public_id>/scarica/", outgoing.DownloadTakeOut.as_view(), name="download_take_out"),
]
