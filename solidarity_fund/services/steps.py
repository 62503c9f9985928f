"""Steps that every procedure shares (L. 241/1990): a paper arrived, somebody answered. The caller has the right and the lock."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.errors import DomainError
from impresasolidale.core.uploads import check_upload, store_upload

from ..enums import DeliveryWay


def write_delivery(
    row: Any, *, issued_on: date, on: date, way: str, file: UploadedFile, kind: str, by: Access, today: date, network_wide: bool = False
) -> None:
    """A paper arrived: the day, the way and its proof, once. Raises DomainError for a day to come or before the paper, a way or a file
    that is none, a paper that was delivered."""
    if row.delivered_on:
        raise DomainError(_("La consegna di questa carta è già scritta."))
    if on > today:
        raise DomainError(_("Il giorno è nel futuro: scrivi quando è stata ricevuta."), field="on")
    if on < issued_on:
        raise DomainError(_("La carta non c'era ancora: controlla il giorno."), field="on")
    if way not in DeliveryWay.values:
        raise DomainError(_("Scegli come è stata consegnata."), field="way")
    check_upload(file)
    row.delivered_on, row.way = on, way
    row.proof = store_upload(file=file, kind=kind, subject=row, by=by, network_wide=network_wide)
    row.save(update_fields=["delivered_on", "way", "proof"])


def write_observations(
    procedure: Any, *, delivered_on: date, on: date, text: str, file: UploadedFile | None, kind: str, by: Access, today: date,
    network_wide: bool = False,
) -> None:  # fmt: skip
    """What was answered to a pre-notice, once. Raises DomainError for a day before its arrival or to come, without words and file, or a
    second time."""
    if not delivered_on <= on <= today:
        raise DomainError(_("Scrivi un giorno fra la consegna del preavviso e oggi."), field="on")
    if procedure.observed_on:
        raise DomainError(_("Le osservazioni sono già scritte."))
    if not text.strip() and file is None:
        raise DomainError(_("Scrivi che cosa dice chi risponde, oppure carica il suo foglio."), field="text")
    procedure.observed_on, procedure.observations = on, text.strip()
    if file:
        procedure.observations_file = store_upload(file=file, kind=kind, subject=procedure, by=by, network_wide=network_wide)
    procedure.row_version += 1
    procedure.save(update_fields=["observed_on", "observations", "observations_file", "row_version"])
