"""The pictures of the guide, from the demo. Its name keeps it out of the other runs: ./impresa gallery --guide asks for it.

Each is what a role sees, at the top of the page, in a palette of colours: docs/images/guide/NAME.png. Look at them before you keep them.
"""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from PIL import Image

from impresasolidale.runner import ROOT
from tests.contracts.test_guide import PICTURE

from ..visitor import DESK, Visitor

FOLDER = ROOT / "docs" / "images" / "guide"
PHONE = {"width": 390, "height": 780}
COLOURS = (128, 64, 32, 16)  # as many as the size lets
ID = r"[0-9a-f-]{36}/"
WORKER, COORDINATOR = "assistente.sondrio", "coordinatore.sondrio"


@dataclass(frozen=True)
class Shot:
    """`path`: where to go; `link`: the links to try from there, until a page shows `part`, which comes to the top of the picture."""

    name: str
    login: str
    path: str
    link: str = ""
    part: str = "h1"
    viewport: tuple[int, int] = (DESK["width"], 820)


SHOTS = (
    Shot("da-fare", WORKER, "/da-fare/"),
    Shot("persona", WORKER, "/da-fare/", rf"/persone/{ID}$"),
    Shot("semaforo", WORKER, "/tirocini/?stato=draft", rf"/tirocini/{ID}$", part="#semaforo"),
    Shot("mese", WORKER, "/presenze/ufficio/", rf"/presenze/{ID}"),
    Shot("settimana", "tutor", "/presenze/settimana/", viewport=(PHONE["width"], PHONE["height"])),
    Shot("liquidazione", "ragioneria.sondrio", "/contabilita/liquidazioni/", rf"/contabilita/liquidazioni/{ID}$"),
    Shot("fondo", COORDINATOR, "/fondo/"),
    Shot("riconoscimento", COORDINATOR, "/riconoscimenti/domande/", rf"/riconoscimenti/domande/{ID}"),
    Shot("importazione", COORDINATOR, "/scambi/", rf"/scambi/importa/{ID}"),
    Shot("ricerca", WORKER, "/cerca/?q=Rufoni"),
    Shot("protezione-dei-dati", "dpo", "/protezione-dei-dati/"),
    Shot("secondo-fattore", WORKER, "/accesso/il-mio/"),
)


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_picture(visit: Callable[..., Visitor], shot: Shot) -> None:
    visitor = visit(shot.login, viewport={"width": shot.viewport[0], "height": shot.viewport[1]})
    page = visitor.page
    page.goto(shot.path)
    if shot.link:
        links = page.eval_on_selector_all("main a[href]", "links => links.map(link => link.getAttribute('href'))")
        for link in filter(re.compile(shot.link).search, links):
            page.goto(link)
            if page.locator(shot.part).count():
                break
    page.locator(shot.part).first.evaluate("part => part.matches('h1') || scrollTo(0, part.getBoundingClientRect().top + scrollY - 16)")
    data = reduced(page.screenshot(animations="disabled"))
    assert len(data) < PICTURE
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{shot.name}.png").write_bytes(data)


def reduced(png: bytes) -> bytes:
    """The picture in as many colours of its own as its size lets."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    data = b""
    for colours in COLOURS:
        out = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        data = out.getvalue()
        if len(data) < PICTURE:
            break
    return data
