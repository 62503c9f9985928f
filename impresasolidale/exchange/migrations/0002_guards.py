"""Owners and states of files that are brought in: the office's own, whatever their rows are about."""

from django.db import migrations

from impresasolidale.core import sql
from impresasolidale.exchange.transitions import IMPORT, TAKE_OUT

OF_BATCH = {"batch_id": "exchange_importbatch"}
OF_ROW = {"row_id": "exchange_importrow", "batch_id": "exchange_importbatch"}


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [
        *sql.protect("exchange_importbatch", office_only=True),
        *sql.protect("exchange_importrow", office_only=True, pins=OF_BATCH),
        *sql.protect("exchange_importedday", office_only=True, pins=OF_ROW),
        *sql.protect("exchange_importlayout", office_only=True),
        *sql.protect("exchange_takeout", office_only=True),
        *sql.protect("exchange_savedsearch", office_only=True),
        *sql.protect("exchange_outsidecode", office_only=True),
        *sql.protect("exchange_columnset", office_only=True),
        *sql.transition_guard("exchange_importbatch", IMPORT),
        *sql.transition_guard("exchange_takeout", TAKE_OUT),
        *sql.reasons_kept(IMPORT),
        *sql.reasons_kept(TAKE_OUT),
    ]
