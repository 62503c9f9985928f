"""What can go wrong around a copy, in one clear line."""

import errno
import functools
from collections.abc import Callable
from typing import Any

import psycopg
from botocore.exceptions import BotoCoreError, ClientError
from django.core.management.base import CommandError
from django.db import DatabaseError

from . import age
from .errors import Refused

SAID = {
    errno.ENOSPC: "Il disco è pieno: libera un po' di spazio e riprova.",
    errno.EDQUOT: "La quota di disco è finita: libera un po' di spazio e riprova.",
    errno.EACCES: "Non ho il permesso di scrivere o di leggere lì.",
    errno.EROFS: "Il disco è di sola lettura.",
    errno.EIO: "Il disco non risponde: guarda il registro del sistema.",
    errno.ENOENT: "Non c'è.",
    errno.ESTALE: "Il disco di rete non c'è più: controlla che sia montato.",
}


def telling(handle: Callable[..., None]) -> Callable[..., None]:
    """A command whose refusals are words and exit code 1."""

    @functools.wraps(handle)
    def told(*args: Any, **options: Any) -> None:
        try:
            handle(*args, **options)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        except age.WrongKey as error:
            raise CommandError("Nessuna delle chiavi che ho apre questa copia: serve quella con cui fu cifrata.") from error
        except age.Unreadable as error:
            raise CommandError("La copia è rovinata o tagliata: non ne uso niente. Prova quella prima.") from error
        except (BotoCoreError, ClientError) as error:
            raise CommandError(f"Il posto delle copie o dei file non risponde come deve: {error}") from error
        except (psycopg.Error, DatabaseError) as error:
            raise CommandError(f"Il database si è fermato: {str(error).strip()}") from error
        except OSError as error:
            words = SAID.get(error.errno or 0, error.strerror or type(error).__name__)
            raise CommandError(f"{words}{f' ({error.filename})' if error.filename else ''}") from error

    return told
