"""Uploads are judged by their bytes; a refusal keeps no file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Upload
from impresasolidale.core.uploads import check_upload, store_upload

PDF = b"%PDF-1.7 prova"


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, "application/pdf"), (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png")],
)
def test_pdf_jpeg_and_png_are_taken(content, kind):
    assert check_upload(SimpleUploadedFile("qualsiasi.exe", content, "text/plain")) == kind


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "vuoto"), (b"<html><script>", "PDF"), (b"PK\x03\x04", "PDF"), (b"<svg>", "PDF"), (b" %PDF-1.7", "PDF")],
)
def test_anything_else_is_refused_in_words(content, words):
    with pytest.raises(DomainError, match=words) as caught:
        check_upload(SimpleUploadedFile("scansione.pdf", content, "application/pdf"))
    assert caught.value.field == "file"


def test_a_file_over_the_limit_is_refused(settings):
    settings.UPLOAD_LIMIT = 1024 * 1024
    with pytest.raises(DomainError, match="1 MB"):
        check_upload(SimpleUploadedFile("a.pdf", PDF + b"0" * 1024 * 1024))


@pytest.mark.django_db
def test_a_stored_file_has_our_name_and_a_clean_original_one(within, worker, sondrio):
    by = within(worker)
    sondrio.ambito_id = sondrio.pk
    upload = store_upload(file=SimpleUploadedFile("../../etc/<b>scan.pdf", PDF), kind="test.scan", subject=sondrio, by=by)
    assert str(upload.public_id) in upload.file_name and "<" not in upload.original_name
    assert Upload.objects.get().size == len(PDF)


@pytest.mark.django_db
def test_the_sweep_removes_old_orphans_alone(within, worker, sondrio, settings, capsys):
    import os
    from datetime import timedelta
    from pathlib import Path

    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage
    from django.core.management import call_command
    from django.utils import timezone

    by = within(worker)
    sondrio.ambito_id = sondrio.pk
    kept = store_upload(file=SimpleUploadedFile("a.pdf", PDF), kind="test.scan", subject=sondrio, by=by).file_name
    young, old = (default_storage.save(f"test.scan/{name}.pdf", ContentFile(PDF)) for name in ("young", "old"))
    long_ago = (timezone.now() - timedelta(days=3)).timestamp()
    for name in (kept, old):
        os.utime(Path(settings.MEDIA_ROOT) / name, (long_ago, long_ago))
    call_command("sweep_files")
    assert default_storage.exists(old), "without --delete it only tells"
    call_command("sweep_files", "--delete")
    assert [default_storage.exists(n) for n in (kept, young, old)] == [True, True, False]
    assert old in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize("when", ["receive_data_chunk", "file_complete"])
def test_a_large_upload_that_finds_no_room_leaves_no_temporary_file(client, monkeypatch, tmp_path, when):
    """Also while something still holds the request, as the report of the error does."""
    import tempfile

    from django.core.files.uploadhandler import TemporaryFileUploadHandler

    whole, held = getattr(TemporaryFileUploadHandler, when), []

    def full(handler, *args):
        whole(handler, *args)
        held.append(handler.file)
        assert list(tmp_path.iterdir())
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(TemporaryFileUploadHandler, when, full)
    client.raise_request_exception = False
    answer = client.post("/accesso/", {"carta": SimpleUploadedFile("a.pdf", PDF + b"0" * 2_000_000)})
    assert answer.status_code == 503 and held and list(tmp_path.iterdir()) == []
