"""All addresses. Italian nouns that users quote in the paths, English names."""

from django.urls import include, path

from impresasolidale.core.views import choose_language
from impresasolidale.desk.announcements import announcements  # noqa: F401  (core.context asks the root URLconf for it)
from impresasolidale.desk.guide import help_address  # noqa: F401  (and for this)
from impresasolidale.desk.menu import menu  # noqa: F401  (and for this)

urlpatterns = [
    path("", include("impresasolidale.website.urls")),
    path("sito/", include("impresasolidale.website.office_urls")),
    path("", include("impresasolidale.core.urls")),
    path("", include("impresasolidale.accounts.urls")),
    path("", include("impresasolidale.desk.urls")),
    path("", include("impresasolidale.territory.urls")),
    path("", include("impresasolidale.privacy.urls")),
    path("fatto-insieme/", include("impresasolidale.desk.together_urls")),
    path("la-mia-area/", include("impresasolidale.desk.area_urls")),
    path("persone/", include("placements.beneficiaries.urls")),
    path("imprese/", include("companies.hosts.urls")),
    path("la-nostra-impresa/<uuid:public_id>/insieme/", include("certification.our_urls")),
    path("la-nostra-impresa/<uuid:public_id>/riconoscimento/", include("certification.our_recognition_urls")),
    path("la-nostra-impresa/<uuid:public_id>/doni/", include("solidarity_fund.our_urls")),
    path("la-nostra-impresa/<uuid:public_id>/", include("companies.hosts.our_urls")),
    path("formazione/", include("companies.training.urls")),
    path("tirocini/", include("placements.agreements.urls")),
    path("abbinamenti/", include("placements.matching.urls")),
    path("monitoraggio/", include("placements.monitoring.urls")),
    path("firma/", include("placements.agreements.link_urls")),
    path("la-mia-valutazione/", include("placements.monitoring.own_urls")),
    path("presenze/valutazioni/", include("placements.monitoring.portal_urls")),
    path("presenze/formazione/", include("companies.training.portal_urls")),
    path("presenze/", include("placements.attendance.portal_urls")),
    path("presenze/ispezione/", include("placements.attendance.inspection_urls")),
    path("presenze/", include("placements.attendance.urls")),
    path("parla/", include("placements.monitoring.talk_urls")),
    path("qui/", include("placements.attendance.here_urls")),
    path("contabilita/liquidazioni/", include("impresasolidale.treasury.liquidation_urls")),
    path("contabilita/liquidazioni/", include("placements.attendance.liquidation_urls")),
    path("fondo/", include("solidarity_fund.urls")),
    path("progetti/", include("impresasolidale.reports.project_urls")),
    path("progetti/", include("impresasolidale.projects.urls")),
    path("i-miei-doni/", include("solidarity_fund.my_urls")),
    path("contabilita/", include("impresasolidale.treasury.urls")),
    path("contabilita/", include("placements.attendance.forecast_urls")),
    path("riconoscimenti/", include("certification.urls")),
    path("rapporti/", include("impresasolidale.reports.urls")),
    path("scambi/", include("impresasolidale.exchange.urls")),
    path("api/", include("impresasolidale.api.urls")),
    path("lingua/", choose_language, name="set_language"),
]

handler400 = "impresasolidale.core.views.bad_request"
handler403 = "impresasolidale.core.views.forbidden"
handler404 = "impresasolidale.core.views.not_found"
handler500 = "impresasolidale.core.views.server_error"
