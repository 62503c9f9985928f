"""Where static files come from: our own folders, of packages only what is used, and two files made here from Bootstrap Italia's.

`core/style.css` is its style sheet without what nobody uses, with our own layer after it: one request instead of two. `core/icons.svg` is
its sprite with our icons alone. They are made once for a state of the sources and kept under `build/`, which may be thrown away.
"""

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import AppDirectoriesFinder, BaseFinder
from django.core.files.storage import FileSystemStorage

from . import reduced

STYLE, ICONS = "core/style.css", "core/icons.svg"
OURS = Path(__file__).with_name("static") / "core" / "app.css"
FONT = "fonts/Titillium_Web/titillium-web-v10-latin-ext_latin-{}.woff2"
FONTS = tuple(FONT.format(weight) for weight in ("300", "regular", "italic", "600", "700"))
NOT_SOURCES = {"migrations", "demo", "runner", "management", "settings"}
# The browsable API (ours answers JSON alone), a second viewer of its document, parts of htmx that are not loaded.
UNUSED = re.compile(r"^rest_framework/|/redoc/|^django_htmx/(?!htmx-2\.min\.js)|\.map$")
VERSION = b"1"  # of what this module makes from the same sources


class OwnApps(AppDirectoriesFinder):
    """Static files of the applications, but for what no page of ours asks for."""

    def find_in_app(self, app: str, path: str) -> Any:
        return None if UNUSED.search(path) else super().find_in_app(app, path)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        return ((path, storage) for path, storage in super().list(ignore_patterns) if not UNUSED.search(path))


class BootstrapItalia(BaseFinder):
    """Of the package's files the fonts we write with, and what is made of its style sheet and its sprite."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.package = FileSystemStorage(location=str(settings.BOOTSTRAP_ITALIA_DIR))

    @property
    def made(self) -> FileSystemStorage:
        return FileSystemStorage(location=str(made()))

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        root = made() if path in (STYLE, ICONS) else settings.BOOTSTRAP_ITALIA_DIR if path in FONTS else None
        if root is None:
            return []
        return [str(root / path)] if find_all else str(root / path)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for path in (STYLE, ICONS):
            yield path, self.made
        for path in FONTS:
            yield path, self.package


@cache
def made() -> Path:
    """The folder with the two files, made when there is none for these sources. Two processes may make it at once: the same bytes."""
    sources = list(_sources())
    css, sprite = (settings.BOOTSTRAP_ITALIA_DIR / name for name in ("css/bootstrap-italia.min.css", "svg/sprites.svg"))
    digest = hashlib.sha256(VERSION)
    for path in (Path(reduced.__file__), css, sprite, *sources):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    folder = settings.BASE_DIR / "build" / "static-parts" / digest.hexdigest()[:16]
    if not (folder / ICONS).exists():
        words = reduced.words_of(_text(path) for path in sources)
        style = reduced.reduce_css(css.read_text(encoding="utf-8"), words)
        style = f"/* Bootstrap Italia, BSD-3-Clause, Presidenza del Consiglio dei Ministri: the parts in use. */\n{style}\n"
        _write(folder / STYLE, style + OURS.read_text(encoding="utf-8"))
        _write(folder / ICONS, reduced.reduce_sprite(sprite.read_text(encoding="utf-8"), words.icons))
    return folder


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(f".{hashlib.sha256(text.encode()).hexdigest()[:8]}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _sources() -> Iterator[Path]:
    """What may name a class: templates, our scripts and style sheets, our Python."""
    yield from sorted((settings.BASE_DIR / "templates").rglob("*.html"))
    for wing in settings.WINGS:
        for path in sorted((settings.BASE_DIR / wing).rglob("*")):
            if path.suffix in {".py", ".js", ".css"} and not NOT_SOURCES & {*path.relative_to(settings.BASE_DIR).parts}:
                yield path


def _text(path: Path) -> str:
    """What a source says; of Python the strings, of a template what is not a comment."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return "\n".join(_strings(text))
    return re.sub(r"{#.*?#}|/\*.*?\*/", " ", text, flags=re.S) if path.suffix in {".html", ".css"} else text


def _strings(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
