"""A form with files that is longer than any of ours is refused before its first byte: a disk is not filled to find out that it is too
much."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class Bounded(FileUploadHandler):
    """The first of the handlers: looks at the length that is said, and leaves the rest to the next ones."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: str | None = None) -> None:
        if content_length > settings.BODY_LIMIT:
            raise RequestDataTooBig("longer than any form of ours")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
