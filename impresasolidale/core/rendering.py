"""Papers become files: frozen context → HTML → PDF/A-3a that is PDF/UA-1 too → seal → private storage. Runs in the worker only."""

import base64
import hashlib
import io
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from django.utils import translation

from .documents import verification_url
from .fields import canonical
from .images import read_logo
from .kept import store
from .models import Document, Verification

# WeasyPrint writes one variant; the PDF/UA part and the extension schema that PDF/A asks for are added to the metadata.
PDFUA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>PDF/UA part</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


class ForbiddenAddress(ValueError):
    """A paper asked for something that is not ours: nothing outside the allow-list is ever fetched."""


def asset(url: str, *_: Any, **__: Any) -> Any:
    """WeasyPrint's only source: `asset:fonts/<file>`, `asset:core/<file>` and `asset:logo/<hash>/<name>`; data: URIs are resolved
    before us."""
    from weasyprint.urls import URLFetcherResponse

    if not url.startswith("asset:"):
        raise ForbiddenAddress(url[:80])
    folder, _slash, name = url.removeprefix("asset:").partition("/")
    if folder == "logo":
        if (logo := read_logo(name)) is None:
            raise ForbiddenAddress(url[:80])
        return URLFetcherResponse(url, body=logo, headers={"Content-Type": mimetypes.guess_type(name)[0] or "image/png"})
    path = settings.TITILLIUM_DIR / name if folder == "fonts" else Path(finders.find(f"core/{name}") or "/") if folder == "core" else None
    if path is None or ".." in name or not path.is_file():
        raise ForbiddenAddress(url[:80])
    return URLFetcherResponse(url, body=path.read_bytes(), headers={"Content-Type": mimetypes.guess_type(name)[0] or "font/ttf"})


@lru_cache(maxsize=1)
def _fonts() -> Any:
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


def warm_up() -> None:
    """Load WeasyPrint and the system's fonts, for the first paper not to wait for them."""
    from weasyprint import HTML

    HTML(string="<p>1").render(font_config=_fonts())


def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher

    class OwnFiles(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            return super().fetch(url, headers) if url.startswith("data:") else asset(url)

    return OwnFiles(allowed_protocols=["data"])


def qr_data_uri(text: str) -> str:
    """A QR code as a PNG data URI (a PNG is quicker than an SVG in WeasyPrint)."""
    import segno

    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="png", scale=6, border=2)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def html_of(document: Document, code: str) -> str:
    """The paper's HTML from its frozen context only."""
    url = verification_url(code)
    paper = {
        "kind_label": document.kind_label,
        "number": document.number,
        "issued_on": document.issued_on,
        "body_name": document.context.get("body_name", ""),
        "verification_code": code,
        "verification_url": url,
        "qr": qr_data_uri(url),
        "context_hash": document.context_hash,
        "page_code": code[:8],
    }
    with translation.override("it"):
        return render_to_string(document.template, {"paper": paper, "c": document.context})


def _say_scope(_document: Any, pdf: Any) -> None:
    """Every header cell says whether it heads its column or its row (ISO 14289-1, 7.5): WeasyPrint only ties data cells to them."""
    parts: list[Any] = [part for part in pdf.objects if isinstance(part, dict) and "S" in part]
    tagged = {part.reference: part for part in parts}
    for part in parts:
        if part["S"] == "/TH":
            group = tagged[tagged[part["P"]]["P"]]
            part["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"


def pdf_of(html: str, *, identifier: str) -> tuple[bytes, int]:
    """(PDF bytes, pages). The same HTML and identifier give the same bytes."""
    from weasyprint import HTML

    finished = HTML(string=html, url_fetcher=_fetcher(), base_url="asset:core/").render(font_config=_fonts(), pdf_variant="pdf/a-3a")
    before = finished.metadata.generate_rdf_metadata
    finished.metadata.generate_rdf_metadata = lambda *a: before(*a).replace(b"</rdf:RDF>", PDFUA + b"</rdf:RDF>")
    pdf = finished.write_pdf(finisher=_say_scope, pdf_variant="pdf/a-3a", pdf_identifier=identifier.encode())
    assert pdf is not None
    return pdf, len(finished.pages)


def render_document(document_id: int) -> None:
    """Make the file of one document. Does nothing when it exists already: the worker may be asked twice."""
    from .seals import seal

    document = Document.objects.select_for_update(of=("self",), no_key=True).get(pk=document_id)
    if document.state == Document.State.READY:
        return
    if hashlib.sha256(canonical(document.context).encode()).hexdigest() != document.context_hash:
        raise ValueError("the frozen context is not the one that was issued")
    code = Verification.objects.get(document_id=document.pk).code
    pdf, pages = pdf_of(html_of(document, code), identifier=document.context_hash)
    sealed = seal(pdf)
    wanted = f"{document.kind.replace('.', '/')}/{document.issued_on.year}/{document.public_id}.pdf"
    document.file_name = store(wanted, ContentFile(sealed))
    document.file_hash = hashlib.sha256(sealed).hexdigest()
    document.size, document.pages, document.state = len(sealed), pages, Document.State.READY
    document.save(update_fields=["file_name", "file_hash", "size", "pages", "state"])
