"""Jobs of exchange."""

from typing import cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.jobs import Run, job

from . import services
from .services import hooks, takeout


@job("exchange.read_file", label=_("Lettura di un file da importare"))
def read_file(run: Run, *, batch_id: int) -> int:
    return services.read_file(batch_id=batch_id, run=run, by=cast("Access", run.access))


@job("exchange.check_rows", label=_("Controllo delle righe di un file"))
def check_rows(run: Run, *, batch_id: int, after: int) -> int:
    return services.check_rows(batch_id=batch_id, after=after, run=run, by=cast("Access", run.access), today=timezone.localdate())


@job("exchange.take_rows", label=_("Importazione delle righe di un file"))
def take_rows(run: Run, *, batch_id: int, after: int) -> int:
    return services.take_rows(batch_id=batch_id, after=after, run=run, by=cast("Access", run.access), today=timezone.localdate())


@job("exchange.undo_rows", label=_("Annullamento di un'importazione"))
def undo_rows(run: Run, *, batch_id: int, after: int) -> int:
    return services.undo_rows(batch_id=batch_id, after=after, run=run, by=cast("Access", run.access), today=timezone.localdate())


@job("exchange.forget_old", label=_("Cancellazione delle righe dei file importati"))
def forget_old(run: Run) -> int:
    """Every night: what a file said is kept a month, for the undoing; as long what other programs were told."""
    today = timezone.localdate()
    hooks.forget_notices(now=timezone.now())
    return services.forget_old(today=today) + takeout.drop_old(by=cast("Access", run.access), today=today)


@job("exchange.make_take_out", label=_("Preparazione di tutti i dati dell'Ambito"))
def make_take_out(run: Run, *, take_out_id: int) -> dict[str, int]:
    return takeout.make(take_out_id=take_out_id, run=run, by=cast("Access", run.access), now=timezone.now())


@job("exchange.tell", label=_("Avviso a un altro programma"))
def tell(run: Run, *, notice_id: int, at_once: bool = False) -> str:
    return hooks.tell(notice_id=notice_id, at_once=at_once, by=cast("Access", run.access), now=timezone.now())
