"""An antivirus asked about every file that is kept: clamd's INSTREAM, over a socket. Without CLAMAV_URL nobody is asked.

When it is asked and does not answer, the file is not taken: what nobody looked at is not let in.
"""

import logging
import socket
import struct
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from .errors import DomainError

logger = logging.getLogger(__name__)
PATIENCE = 30.0  # seconds
PIECE = 64 * 1024


def check(file: Any) -> None:
    """Raises DomainError (field "file") for a file in which something was found, or that nobody could look at. It is left at its start."""
    if not settings.CLAMAV_URL:
        return
    try:
        said = _ask(file)
    except (OSError, ValueError) as error:
        logger.error("The antivirus does not answer: %s", type(error).__name__)
        said = ""
    finally:
        file.seek(0)
    if said.endswith("OK") and "FOUND" not in said:
        return
    if said.endswith("FOUND"):
        logger.warning("The antivirus refused a file: %s", said.removeprefix("stream: ").removesuffix(" FOUND"))
        raise DomainError(
            _("L’antivirus ha trovato qualcosa in questo file: non lo teniamo. Chiedi a chi cura il tuo computer."), field="file"
        )
    raise DomainError(_("L’antivirus adesso non risponde, e senza non teniamo file: riprova tra qualche minuto."), field="file")


def _connect() -> socket.socket:
    parts = urlsplit(settings.CLAMAV_URL)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(PATIENCE)
        try:
            line.connect(parts.path)
        except OSError:
            line.close()
            raise
        return line
    if parts.scheme != "tcp" or not parts.hostname:
        raise ValueError("CLAMAV_URL is tcp://host:port or unix:///path")
    return socket.create_connection((parts.hostname, parts.port or 3310), timeout=PATIENCE)


def _ask(file: Any) -> str:
    """clamd's one line about the file. It may hang up in the middle of a file that is longer than it takes: its answer says so."""
    with _connect() as line:
        line.sendall(b"zINSTREAM\0")
        file.seek(0)
        while piece := file.read(PIECE):
            line.sendall(struct.pack("!I", len(piece)) + piece)
        line.sendall(struct.pack("!I", 0))
        said = b""
        while not said.endswith(b"\0") and len(said) < 4096:
            more = line.recv(4096)
            if not more:
                break
            said += more
    return said.rstrip(b"\0").decode(errors="replace").strip()
