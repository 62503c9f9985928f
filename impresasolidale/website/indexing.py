"""What search engines may read, and nothing else: each public page with what it is about; everything that is not here says `noindex`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from . import article_selectors, selectors

# Public pages by name: title and description, for a result of a search and for who shares the address.
PAGES: dict[str, tuple[Any, Any]] = {
    "home": (
        _("Le imprese che aprono la porta"),
        _("Tirocini di inclusione sociale in provincia di Sondrio: chi accoglie, chi viene accolto, chi li accompagna."),
    ),
    "project": (
        _("Il progetto Impresasolidale"),
        _("Chi siamo, che cosa vogliamo, con chi lavoriamo: il progetto degli Uffici di Piano della provincia."),
    ),
    "placement": (
        _("Che cos'è un TRR"),
        _("Il tirocinio riabilitativo risocializzante: a chi serve, come funziona, che cosa chiede a un'impresa."),
    ),
    "placement_easy": (
        _("Il TRR, facile da leggere"),
        _("Il tirocinio riabilitativo risocializzante con frasi corte e disegni."),
    ),
    "stories": (
        _("Buone pratiche e storie"),
        _("Che cosa succede quando un'impresa fa posto a qualcuno: idee riuscite, storie vere, notizie."),
    ),
    "partners": (
        _("Con chi lavoriamo"),
        _("Comuni, cooperative, associazioni e imprese che fanno la rete di Impresasolidale."),
    ),
    "register": (
        _("Imprese riconosciute"),
        _("Le imprese che hanno accolto un tirocinio di inclusione sociale, con il livello che hanno oggi."),
    ),
    "join": (
        _("Come si aderisce"),
        _("Hai un'impresa e vuoi accogliere una persona in tirocinio? Lascia un recapito: ti chiamiamo noi."),
    ),
    "figures": (
        _("I numeri"),
        _("Persone, imprese e ore di tirocinio, contate sempre allo stesso modo e pubblicate ogni mese."),
    ),
    "open_data": (
        _("Dati aperti"),
        _("I dati di Impresasolidale da scaricare, con il loro dizionario e la licenza."),
    ),
    "fund": (
        _("Il fondo di solidarietà"),
        _("Quanto entra e quanto esce dal fondo, a che cosa serve, come si dona."),
    ),
    "give": (
        _("Come donare"),
        _("Come fare un dono al fondo di solidarietà, e che cosa promettiamo a chi dona."),
    ),
    "grants_lists": (
        _("Trasparenza del fondo"),
        _("Gli elenchi degli aiuti oltre la soglia, senza nomi."),
    ),
    "verify": (
        _("Verifica un documento"),
        _("Controlla se un attestato o un altro documento è nostro, e se vale ancora."),
    ),
    "privacy": (
        _("Privacy"),
        _("Che cosa sappiamo di te, perché, e per quanto."),
    ),
    "accessibility": (
        _("Accessibilità"),
        _("A che punto siamo, che cosa manca, a chi dirlo."),
    ),
    "assessment": (
        _("Autovalutazione dell'accessibilità"),
        _("Criterio per criterio, com'è messo il sito e come lo abbiamo controllato."),
    ),
}


@dataclass(frozen=True)
class Indexed:
    """A page that a search engine may keep: the one address it is known by, and what it is about."""

    title: str
    description: str
    url: str

    @property
    def image(self) -> str:
        return address(static("website/share.png"))


def address(path: str) -> str:
    """A path of ours, with the script's prefix, as seen from outside. BASE_URL is the host alone."""
    return settings.BASE_URL + path


class IndexingMiddleware:
    """Every answer says `noindex` but the public pages: whoever adds a page decides that it is for everybody, not the other way round."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not getattr(request, "indexed", None) or response.status_code != 200:
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        match = request.resolver_match
        if match and match.namespace == "website" and (match.url_name in PAGES or match.url_name == "story"):
            title, description = PAGES.get(match.url_name, PAGES["stories"])
            request.indexed = Indexed(title, description, address(request.path))  # type: ignore[attr-defined]


@login_not_required
def robots(request: HttpRequest) -> HttpResponse:
    """Closed, but for the public pages and what they are drawn with. The longest rule that matches holds (RFC 9309, §2.2.2)."""
    allowed = [reverse(f"website:{name}") for name in PAGES]
    stories = reverse("website:stories")
    lines = ["User-agent: *", *(f"Allow: {path}$" for path in allowed), f"Allow: {stories}", f"Allow: {settings.STATIC_URL}"]
    lines += [f"Disallow: {reverse('website:home')}", "", f"Sitemap: {address(reverse('website:sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@login_not_required
def sitemap(request: HttpRequest) -> HttpResponse:
    """The public pages, and each page the offices wrote with its day (sitemaps.org, 0.9)."""
    root = ElementTree.Element("urlset", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    with selectors.visitor() as access:
        articles = list(article_selectors.public_articles(access)[:1000])
    found = [(reverse(f"website:{name}"), "") for name in PAGES]
    found += [(reverse("website:story", args=[a.public_id]), f"{a.published_at:%Y-%m-%d}") for a in articles]
    for path, changed in found:
        entry = ElementTree.SubElement(root, "url")
        ElementTree.SubElement(entry, "loc").text = address(path)
        if changed:
            ElementTree.SubElement(entry, "lastmod").text = changed
    body = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(body, content_type="application/xml; charset=utf-8")
