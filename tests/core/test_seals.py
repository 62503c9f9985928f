"""What a seal says of a file that somebody brings: ours and whole, changed, made by others, over."""

import hashlib
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import time_machine

from impresasolidale.core import seals
from impresasolidale.core.seals import Verdict

TODAY = date(2026, 11, 18)


@pytest.fixture(autouse=True)
def own_key(settings: Any, tmp_path: Path) -> None:
    settings.SEAL_DIR = tmp_path / "seal"


def a_pdf() -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def test_whole() -> None:
    sealed = seals.seal(a_pdf())
    found = seals.examine(sealed, today=TODAY)
    assert found.verdict == Verdict.WHOLE and found.original == hashlib.sha256(sealed).hexdigest()
    assert found.until and found.until > TODAY


def test_a_byte_changed_under_the_seal() -> None:
    sealed = seals.seal(a_pdf())
    changed = sealed.replace(b"/MediaBox", b"/MediaBoy", 1)
    assert changed != sealed and seals.examine(changed, today=TODAY).verdict == Verdict.ALTERED


def test_something_written_behind_the_seal() -> None:
    """An update behind it, and bare bytes: what was sealed is still known by its hash."""
    from pyhanko.pdf_utils.generic import TextStringObject, pdf_name
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    sealed = seals.seal(a_pdf())
    writer, out = IncrementalPdfFileWriter(io.BytesIO(sealed)), io.BytesIO()
    writer.root[pdf_name("/Falso")] = TextStringObject("Ambasciatrice")
    writer.update_root()
    writer.write(out)
    for changed in (out.getvalue(), sealed + b"\n% coda"):
        found = seals.examine(changed, today=TODAY)
        assert found.verdict == Verdict.ADDED and found.original == hashlib.sha256(sealed).hexdigest()


def test_somebody_elses_key(settings: Any, tmp_path: Path) -> None:
    """With the name of ours on it."""
    sealed = seals.seal(a_pdf())
    settings.SEAL_DIR = tmp_path / "other"
    assert seals.examine(sealed, today=TODAY).verdict == Verdict.OTHER


def test_a_former_key_is_still_ours(settings: Any, tmp_path: Path) -> None:
    sealed, before = seals.seal(a_pdf()), settings.SEAL_DIR / "cert.pem"
    settings.SEAL_DIR = tmp_path / "new"
    seals.make_key(settings.SEAL_DIR)
    (settings.SEAL_DIR / "former").mkdir()
    before.rename(settings.SEAL_DIR / "former" / "2026.pem")
    assert seals.examine(sealed, today=TODAY).verdict == Verdict.WHOLE


def test_a_certificate_that_is_over() -> None:
    """The file says nothing of when it was sealed: after the last day nobody can tell. And nothing more is sealed with it."""
    sealed = seals.seal(a_pdf())
    until = seals.examine(sealed, today=TODAY).until
    assert until
    with time_machine.travel(datetime(until.year, until.month, until.day, 12, tzinfo=UTC) + timedelta(days=2), tick=False):
        assert seals.examine(sealed, today=until).verdict == Verdict.WHOLE
        assert seals.examine(sealed, today=until + timedelta(days=1)).verdict == Verdict.EXPIRED
        with pytest.raises(seals.SealExpired, match=str(until)):
            seals.seal(a_pdf())


def test_no_seal_and_no_pdf() -> None:
    assert seals.examine(a_pdf(), today=TODAY).verdict == Verdict.NONE
    for wrong in (b"", b"%PDF-1.7\nxyz", b"\x89PNG\r\n\x1a\n", seals.seal(a_pdf())[:2000]):
        assert seals.examine(wrong, today=TODAY).verdict == Verdict.UNREADABLE
