"""Where copies are kept: a folder or an S3 bucket (BACKUP_URL). A copy has its name only when all of it is there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from .errors import Refused

PART = 64 * 1024**2  # bytes of a part sent to a bucket: what is held in memory, and a ten-thousandth of the largest copy


class Target(Protocol):
    def names(self) -> list[str]: ...

    def writing(self, name: str) -> Any:
        """A context whose file becomes `name` at its end; after an error nothing of it stays."""

    def reading(self, name: str) -> Any:
        """A context with the file, to be read from its beginning to its end. Raises FileNotFoundError."""

    def delete(self, name: str) -> None: ...

    def size(self, name: str) -> int: ...


def target(folder: str = "") -> Target:
    """Of `folder`, or of the settings. Raises Refused when neither says one."""
    if folder:
        return Folder(Path(folder))
    where = settings.BACKUP_STORAGE
    if where is None:
        raise Refused("Non so dove mettere le copie: imposta BACKUP_URL (una cartella o s3://…), o usa --to CARTELLA.")
    if isinstance(where, Path):
        return Folder(where)
    return Bucket(import_string(where["BACKEND"])(**where["OPTIONS"]))


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        return sorted(p.name for p in self.path.iterdir() if p.is_file())

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """The folder must be there: one that is not mounted is no place for a copy."""
        if not self.path.is_dir():
            raise Refused(f"La cartella delle copie non c'è: {self.path}. Se è un disco di rete, controlla che sia montato.")
        part = self.path / f"{name}.part"
        try:
            with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.rename(self.path / name)
            folder = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    @contextmanager
    def reading(self, name: str) -> Iterator[IO[bytes]]:
        with (self.path / name).open("rb") as file:
            yield file

    def delete(self, name: str) -> None:
        (self.path / name).unlink()

    def size(self, name: str) -> int:
        return (self.path / name).stat().st_size


class Bucket:
    def __init__(self, storage: Any) -> None:
        self.client, self.bucket = storage.connection.meta.client, storage.bucket_name

    def names(self) -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return sorted(row["Key"] for page in pages for row in page.get("Contents", []))

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        file = _Upload(self.client, self.bucket, name)
        try:
            yield file  # type: ignore[misc]
            file.complete()
        except BaseException:
            with suppress(Exception):  # the error that brought us here is the one to tell
                file.abort()
            raise

    @contextmanager
    def reading(self, name: str) -> Iterator[IO[bytes]]:
        from botocore.exceptions import ClientError

        try:
            body = self.client.get_object(Bucket=self.bucket, Key=name)["Body"]
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(name) from error
            raise
        with body:
            yield _Lines(body)  # type: ignore[misc]

    def delete(self, name: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=name)

    def size(self, name: str) -> int:
        return int(self.client.head_object(Bucket=self.bucket, Key=name)["ContentLength"])


class _Upload:
    """A file sent part by part; the store shows it when it is complete."""

    def __init__(self, client: Any, bucket: str, name: str) -> None:
        self.client, self.where = client, {"Bucket": bucket, "Key": name}
        self.where["UploadId"] = client.create_multipart_upload(**self.where)["UploadId"]
        self.parts: list[dict[str, Any]] = []
        self.waiting = bytearray()

    def write(self, data: bytes) -> int:
        self.waiting += data
        if len(self.waiting) >= PART:
            self._send()
        return len(data)

    def _send(self) -> None:
        number = len(self.parts) + 1
        sent = self.client.upload_part(**self.where, PartNumber=number, Body=bytes(self.waiting))
        self.parts.append({"PartNumber": number, "ETag": sent["ETag"]})
        self.waiting.clear()

    def complete(self) -> None:
        self._send()
        self.client.complete_multipart_upload(**self.where, MultipartUpload={"Parts": self.parts})

    def abort(self) -> None:
        self.client.abort_multipart_upload(**self.where)


class _Lines:
    """A body of the store, with `readline`: its header is read by lines."""

    def __init__(self, body: Any) -> None:
        self.body, self.ahead = body, b""

    def read(self, size: int) -> bytes:
        if self.ahead:
            data, self.ahead = self.ahead[:size], self.ahead[size:]
            return data
        return bytes(self.body.read(size))

    def readline(self, limit: int) -> bytes:
        while b"\n" not in self.ahead and len(self.ahead) < limit and (more := self.body.read(1024)):
            self.ahead += more
        line, end, rest = self.ahead.partition(b"\n")
        self.ahead = rest
        return line + end
