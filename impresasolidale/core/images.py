"""Pictures people upload. Logos: a PNG or an SVG that only draws; they are printed on papers, so nothing in them may run or fetch.
Photos: drawn again, so that nothing the camera wrote stays in them."""

import hashlib
import re
import uuid
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from .errors import DomainError
from .kept import store

LIMIT = 300 * 1024  # bytes: a logo is small, and stands in every PDF
SIDE = 4000  # pixels
PHOTO_SIDE, PHOTO_SHOWN = 12000, 1600  # pixels: what a telephone takes, what a page shows
NAME = re.compile(r"logo/\d{4}/[0-9a-f-]{36}\.(?:png|svg)")
DRAWS = frozenset(
    "svg g defs title desc path rect circle ellipse line polyline polygon text tspan use symbol clipPath mask linearGradient radialGradient"
    " stop pattern".split()
)
OUTSIDE = re.compile(r"url\(\s*['\"]?(?!#)|@import|expression|javascript:|data:", re.IGNORECASE)


@dataclass(frozen=True)
class Image:
    """A checked logo in the storage."""

    file_name: str
    file_hash: str
    content_type: str


def store_logo(file: UploadedFile) -> Image:
    """Keep a checked logo under a name of ours. Raises DomainError (field "logo") with words for the user."""
    if not file.size or file.size > LIMIT:
        raise DomainError(_("Il logo è vuoto o troppo grande: al massimo 300 kB."), field="logo")
    file.seek(0)
    content: bytes = file.read()
    kind, suffix = ("image/png", "png") if content.startswith(b"\x89PNG\r\n\x1a\n") else ("image/svg+xml", "svg")
    if suffix == "png":
        _check_png(content)
    else:
        _check_svg(content)
    name = store(f"logo/{timezone.localdate().year}/{uuid.uuid4()}.{suffix}", ContentFile(content))
    return Image(name, hashlib.sha256(content).hexdigest(), kind)


def _check_png(content: bytes) -> None:
    from PIL import Image as Picture

    try:
        with Picture.open(BytesIO(content), formats=["PNG"]) as picture:
            size = picture.size
            if max(size) <= SIDE:  # a bomb is refused by its head, before it is unpacked
                picture.verify()
    except Exception as error:  # whatever a broken file makes of the library
        raise DomainError(_("Questo PNG non si apre: prova a salvarlo di nuovo."), field="logo") from error
    if max(size) > SIDE:
        raise DomainError(_("Il logo è troppo grande: al massimo %(side)s punti per lato.") % {"side": SIDE}, field="logo")


def _check_svg(content: bytes) -> None:
    words = _("Il logo deve essere un PNG, oppure un SVG fatto di soli disegni: senza programmi, immagini o indirizzi esterni.")
    if b"<!DOCTYPE" in content.upper() or b"<!ENTITY" in content.upper() or b"<?xml-stylesheet" in content.lower():
        raise DomainError(words, field="logo")
    try:
        root = ElementTree.fromstring(content.decode("utf-8"))  # noqa: S314 (no document type, so no entities; small)
    except (ElementTree.ParseError, UnicodeDecodeError, ValueError) as error:
        raise DomainError(words, field="logo") from error
    if _local(root.tag) != "svg" or not all(_only_draws(element) for element in root.iter()):
        raise DomainError(words, field="logo")


def _local(name: Any) -> str:
    return str(name).rpartition("}")[2]


def _only_draws(element: Any) -> bool:
    if _local(element.tag) not in DRAWS:
        return False
    for name, value in element.attrib.items():
        local = _local(name).lower()
        if local.startswith("on") or OUTSIDE.search(value) or (local == "href" and not value.startswith("#")):
            return False
    return True


def asset_address(file_name: str, file_hash: str) -> str:
    """How a paper's frozen context names a logo: with its hash, so that another file never stands in its place."""
    return f"asset:logo/{file_hash}/{file_name}"


def read_logo(address: str) -> bytes | None:
    """The bytes of a stored logo that a paper names; None when the address, the file or the hash is not one of ours."""
    digest, _slash, name = address.partition("/")
    if not re.fullmatch(r"[0-9a-f]{64}", digest) or not NAME.fullmatch(name) or not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        content: bytes = file.read()
    return content if hashlib.sha256(content).hexdigest() == digest else None


def bare_photo(file: UploadedFile, *, side: int = PHOTO_SHOWN) -> UploadedFile:
    """The same picture drawn again as a JPEG: upright, no larger than `side` pixels, and without what the camera wrote into it (place,
    device, time). Raises DomainError (field "photo") in words."""
    from PIL import Image as Picture
    from PIL import ImageOps

    try:
        with Picture.open(file, formats=["JPEG", "PNG"]) as picture:
            size = picture.size
            if max(size) <= PHOTO_SIDE:  # a bomb is refused by its head, before it is unpacked
                upright = ImageOps.exif_transpose(picture).convert("RGB")
    except Exception as error:  # whatever a broken file makes of the library
        raise DomainError(_("La fotografia non si apre: serve un JPEG o un PNG."), field="photo") from error
    if max(size) > PHOTO_SIDE:
        raise DomainError(_("La fotografia è troppo grande: al massimo %(side)s punti per lato.") % {"side": PHOTO_SIDE}, field="photo")
    upright.thumbnail((side, side))
    out = BytesIO()
    upright.save(out, "JPEG", quality=85)
    return SimpleUploadedFile("foto.jpg", out.getvalue(), "image/jpeg")
