"""A copy in a bucket appears when it is whole, and not at all after an error. The store is played: parts, completion, abortion."""

import io
from types import SimpleNamespace

import pytest

from impresasolidale.operations import targets


class Store:
    def __init__(self) -> None:
        self.whole: dict[str, bytes] = {}
        self.open: dict[str, dict[int, bytes]] = {}

    def create_multipart_upload(self, *, Bucket, Key):
        self.open[Key] = {}
        return {"UploadId": Key}

    def upload_part(self, *, Bucket, Key, UploadId, PartNumber, Body):
        self.open[UploadId][PartNumber] = Body
        return {"ETag": str(PartNumber)}

    def complete_multipart_upload(self, *, Bucket, Key, UploadId, MultipartUpload):
        parts = self.open.pop(UploadId)
        assert [p["PartNumber"] for p in MultipartUpload["Parts"]] == sorted(parts)
        self.whole[Key] = b"".join(parts[n] for n in sorted(parts))

    def abort_multipart_upload(self, *, Bucket, Key, UploadId):
        del self.open[UploadId]

    def get_object(self, *, Bucket, Key):
        return {"Body": io.BytesIO(self.whole[Key])}


@pytest.fixture
def store(monkeypatch):
    monkeypatch.setattr(targets, "PART", 1000)
    return Store()


def bucket(store: Store) -> targets.Bucket:
    return targets.Bucket(SimpleNamespace(connection=SimpleNamespace(meta=SimpleNamespace(client=store)), bucket_name="copies"))


def test_parts_become_one_copy_and_its_header_is_read_by_lines(store):
    data = b"prima riga\nseconda\n" + bytes(range(256)) * 20
    with bucket(store).writing("a") as file:
        for start in range(0, len(data), 300):
            file.write(data[start : start + 300])
        assert store.whole == {}
    with bucket(store).reading("a") as file:
        assert (file.readline(100), file.readline(100)) == (b"prima riga\n", b"seconda\n")
        rest = b"".join(iter(lambda: file.read(777), b""))
    assert rest == data[19:]


def test_after_an_error_nothing_of_it_stays(store):
    with pytest.raises(ValueError, match="a metà"), bucket(store).writing("a") as file:
        file.write(b"x" * 2500)
        raise ValueError("a metà")
    assert (store.whole, store.open) == ({}, {})
