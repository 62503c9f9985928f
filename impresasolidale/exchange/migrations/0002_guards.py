"""Owners and states of files that are brought in: the office's own, whatever their rows are about."""

from django.db import migrations

from impresasolidale.core import sql
from impresasolidale.exchange.transitions import IMPORT, TAKE_OUT

OF_BATCH = {"batch_id": "exchange_importbatch"}
OF_ROW = {"row_id": "exchange_importrow", "batch_id": "exchange_importbatch"}
# A fact that a program is to be told of is noted in its own transaction, with the job that tells it: nothing is lost between the two, and
# nothing told that did not happen. Once a statement; where no program listens it costs one look at a small table. With the owner's rights,
# for who causes a fact (a tutor, a link) reaches no program of the office.
TELL = """
CREATE OR REPLACE FUNCTION exchange_note_facts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  WITH noted AS (
    INSERT INTO exchange_hooknotice (public_id, ambito_id, hook_id, code, subject_type, subject_id, at, outcome, attempts, due_at, fault)
    SELECT gen_random_uuid(), h.ambito_id, h.id, f.code, f.subject_type, f.subject_id, f.at, 'waiting', 0, f.at, ''
    FROM fresh f JOIN exchange_hook h ON h.ambito_id = f.ambito_id AND h.is_on AND f.code = ANY (h.events)
    ORDER BY f.id, h.id
    RETURNING id, ambito_id, at)
  INSERT INTO core_job (public_id, name, label, arguments, network_id, ambito_id, state, attempt, progress, words, cancel_asked,
                        result_url, error, created_at, run_after)
  SELECT gen_random_uuid(), 'exchange.tell', 'Avviso a un altro programma', jsonb_build_object('notice_id', n.id), a.network_id, a.id,
         'queued', 0, 0, '', false, '', '', n.at, n.at
  FROM noted n JOIN territory_ambito a ON a.id = n.ambito_id;
  IF FOUND THEN PERFORM pg_notify('core_job', ''); END IF;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS exchange_note_facts ON core_fact;
CREATE TRIGGER exchange_note_facts AFTER INSERT ON core_fact
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION exchange_note_facts();
"""


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
        *sql.protect("exchange_hook", office_only=True),
        *sql.protect("exchange_hooknotice", office_only=True, pins={"hook_id": "exchange_hook"}),
        *sql.transition_guard("exchange_importbatch", IMPORT),
        *sql.transition_guard("exchange_takeout", TAKE_OUT),
        *sql.reasons_kept(IMPORT),
        *sql.reasons_kept(TAKE_OUT),
        migrations.RunSQL(TELL, migrations.RunSQL.noop),
    ]
