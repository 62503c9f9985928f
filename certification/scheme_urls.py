"""The scheme and what it makes of companies; under /riconoscimenti/."""

from django.urls import path

from .views import facts, schemes, standings

urlpatterns = [
    path("schemi/", schemes.SchemeList.as_view(), name="schemes"),
    path("schemi/<uuid:public_id>/", schemes.SchemePage.as_view(), name="scheme"),
    path("schemi/<uuid:public_id>/nome/", schemes.EditDraft.as_view(), name="scheme_name"),
    path("schemi/<uuid:public_id>/livelli/", schemes.EditLevels.as_view(), name="scheme_levels"),
    path("schemi/<uuid:public_id>/aree/nuova/", schemes.NewArea.as_view(), name="scheme_new_area"),
    path("schemi/<uuid:public_id>/aree/<slug:area>/", schemes.EditArea.as_view(), name="scheme_area"),
    path("schemi/<uuid:public_id>/aree/<slug:area>/sposta/", schemes.Move.as_view(), name="scheme_move_area"),
    path("schemi/<uuid:public_id>/aree/<slug:area>/togli/", schemes.Remove.as_view(), name="scheme_remove_area"),
    path("schemi/<uuid:public_id>/aree/<slug:area>/criteri/nuovo/", schemes.NewCriterion.as_view(), name="scheme_new_criterion"),
    path("schemi/<uuid:public_id>/aree/<slug:area>/criteri/<slug:criterion>/", schemes.EditCriterion.as_view(), name="scheme_criterion"),
    path("schemi/<uuid:public_id>/aree/<slug:area>/criteri/<slug:criterion>/sposta/", schemes.Move.as_view(), name="scheme_move"),
    path("schemi/<uuid:public_id>/aree/<slug:area>/criteri/<slug:criterion>/togli/", schemes.Remove.as_view(), name="scheme_remove"),
    path("schemi/<uuid:public_id>/chiedi/", schemes.AskToPublish.as_view(), name="scheme_ask"),
    path("schemi/<uuid:public_id>/pubblica/", schemes.Publish.as_view(), name="scheme_publish"),
    path("schemi/<uuid:public_id>/butta/", schemes.Discard.as_view(), name="scheme_discard"),
    path("schemi/<uuid:public_id>/atto/", schemes.ActFile.as_view(), name="scheme_act"),
    path("schemi/<uuid:public_id>/imprese/", standings.Preview.as_view(), name="scheme_preview"),
    path("schemi/<uuid:public_id>/imprese.<str:kind>", standings.PreviewFile.as_view(), name="scheme_preview_file"),
    path("schemi/<uuid:public_id>/confronto/", standings.Compare.as_view(), name="scheme_compare"),
    path("schemi/<uuid:public_id>/confronto.<str:kind>", standings.CompareFile.as_view(), name="scheme_compare_file"),
    path("schemi/<uuid:public_id>/confronto-fuori.<str:kind>", standings.OutsideFile.as_view(), name="scheme_outside_file"),
    path("imprese/<uuid:public_id>/fatti/", facts.CompanyFacts.as_view(), name="facts"),
    path("imprese/<uuid:public_id>/fatti/<slug:figure>/", facts.Behind.as_view(), name="fact_rows"),
]
