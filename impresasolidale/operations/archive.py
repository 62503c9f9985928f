"""What is in a copy: a tar, encrypted as a whole. In this order:

`manifest.json` (version, migrations, fingerprints of keys and tables, sums), `database/000001…` (pg_dump's custom format in pieces, to be
put one after the other), `files/…` (each stored file under its own name), `MISSING` (files that rows name and the storage did not have),
and `SHA256SUMS` of all the others but the manifest, as sha256sum reads it.
"""

import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from . import age

MANIFEST, DATABASE, FILES, MISSING, SUMS = "manifest.json", "database/", "files/", "MISSING", "SHA256SUMS"
FORMAT = 1
BLOCK = 1024**2
PART = 16 * BLOCK  # bytes of a piece of the dump


class Writer:
    def __init__(self, target: IO[bytes], manifest: dict[str, Any], **keys: Any) -> None:
        self._sealer = age.Sealer(target, **keys)
        self._tar = tarfile.open(fileobj=self._sealer, mode="w|", bufsize=BLOCK, format=tarfile.PAX_FORMAT)
        self._sums = tempfile.TemporaryFile()
        self.files, self.bytes = 0, 0
        self._add(MANIFEST, json.dumps({"format": FORMAT, **manifest}, indent=1).encode(), summed=False)

    def _add(self, name: str, data: bytes, *, summed: bool = True) -> None:
        self._stream(name, len(data), io.BytesIO(data), summed=summed)

    def _stream(self, name: str, size: int, source: IO[bytes], *, summed: bool = True) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        counted = Summing(source)
        self._tar.addfile(info, counted)
        self.bytes += size
        if summed:
            self._sums.write(sum_line(counted.hexdigest(), name))

    def add_database(self, dump: IO[bytes]) -> None:
        number = 0
        while data := dump.read(PART):
            number += 1
            self._add(f"{DATABASE}{number:06d}", data)

    def add_file(self, name: str, size: int, source: IO[bytes]) -> None:
        self._stream(FILES + name, size, source)
        self.files += 1

    def finish(self, missing: list[str]) -> None:
        self._add(MISSING, "".join(f"{name}\n" for name in missing).encode())
        size = self._sums.tell()
        self._sums.seek(0)
        self._stream(SUMS, size, self._sums, summed=False)
        self._tar.close()
        self._sealer.finish()

    def close(self) -> None:
        """After an error too: the tar, when it is forgotten, still wants to write its end."""
        self._sealer.abandon()
        self._tar.close()
        self._sums.close()


class Summing:
    """A source that knows the SHA-256 of what was read from it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._digest.update(data)
        return data

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def sum_line(digest: str, name: str) -> bytes:
    return f"{digest}  {name}\n".encode()


class Reader:
    """`manifest` at once; then `members`, each with its bytes to be read before the next. When they are over, all of it was proven."""

    def __init__(self, source: IO[bytes], **keys: Any) -> None:
        self._plain = io.BufferedReader(age.Opener(source, **keys), BLOCK)
        try:
            self._tar = tarfile.open(fileobj=self._plain, mode="r|", bufsize=BLOCK)
            first = self._tar.next()
        except tarfile.TarError as error:
            raise age.Unreadable("no tar inside") from error
        if first is None or first.name != MANIFEST:
            raise age.Unreadable("no manifest")
        self.manifest: dict[str, Any] = json.loads(self._content(first).read())

    def _content(self, info: tarfile.TarInfo) -> IO[bytes]:
        content = self._tar.extractfile(info)
        if content is None:
            raise age.Unreadable("no file")
        return content

    def members(self) -> Iterator[tuple[str, IO[bytes]]]:
        """(name, content), `SUMS` not among them. At its end raises Unreadable unless every sum is right and nothing follows."""
        with tempfile.TemporaryFile() as found:
            try:
                while (info := self._tar.next()) is not None:
                    content = Summing(self._content(info))
                    if info.name == SUMS:
                        self._compare(found, self._content(info))
                        while self._plain.read(BLOCK):  # the end of the tar, and the proof that it is the end
                            pass
                        return
                    yield info.name, content  # type: ignore[misc]
                    while content.read(BLOCK):
                        pass
                    found.write(sum_line(content.hexdigest(), info.name))
            except tarfile.TarError as error:
                raise age.Unreadable("a broken tar") from error
            raise age.Unreadable("no sums")

    @staticmethod
    def _compare(found: IO[bytes], told: IO[bytes]) -> None:
        found.seek(0)
        while True:
            ours, theirs = found.read(BLOCK), told.read(BLOCK)
            if ours != theirs:
                raise age.Unreadable("a sum that is wrong")
            if not ours:
                return
