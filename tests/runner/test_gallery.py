"""What the gallery calls one kind of page, and what its sheet says of what was found."""

import json
from pathlib import Path

import pytest

from tests.browser.gallery import sheet
from tests.browser.gallery.walk import kind_of


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/persone/", "beneficiaries:list"),
        ("/persone/?stato=attivo&ordine=nome", "beneficiaries:list?ordine&stato"),
        ("/persone/1480d64a-9a0b-5091-ab0f-3a4cbe0a3440/", "beneficiaries:detail"),
        ("/non-esiste/", "nowhere /non-esiste/"),
    ],
)
def test_pages_of_one_kind_are_looked_at_once(address: str, kind: str) -> None:
    assert kind_of(f"http://127.0.0.1:8000{address}") == kind


def page(**more: object) -> dict[str, object]:
    return {"role": "tutor", "state": "full", "kind": "x:y", "address": "/x/", "pictures": {"360": "tutor/x.jpg"}, "complaints": [], **more}


@pytest.mark.parametrize(("complaints", "names", "code"), [([], set(), 0), (["axe color-contrast"], set(), 1), ([], {"x:lonely"}, 1)])
def test_the_sheet_shows_every_picture_and_tells_what_is_wrong(
    complaints: list[str], names: set[str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tutor.full.json").write_text(json.dumps({"pages": [page(complaints=complaints)], "reached": ["x:y"]}))
    monkeypatch.setattr(sheet, "FOLDER", tmp_path)
    monkeypatch.setattr(sheet, "_names", lambda: {"x:y"} | names)
    assert sheet.main() == code
    assert "tutor/x.jpg" in (tmp_path / "index.html").read_text()
    said = capsys.readouterr().out
    assert all(text in said for text in [*complaints, *names])


def test_every_page_that_a_browser_opens_is_asked_for() -> None:
    assert {"beneficiaries:detail", "attendance:month", "website:register"} <= sheet._names()
    assert "set_language" not in sheet._names()


def test_a_walk_without_pages_is_no_good_news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "FOLDER", tmp_path)
    monkeypatch.setattr(sheet, "_names", set)
    assert sheet.main() == 1


def test_what_is_said_to_have_no_link_is_a_page_of_ours() -> None:
    assert set(sheet.WITHOUT_LINK) <= sheet._names() and all(sheet.WITHOUT_LINK.values())
