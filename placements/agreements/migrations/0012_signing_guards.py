"""Owners, states and trails of requests and powers; signatures reached by paper; the door of a personal link."""

from django.db import migrations

from impresasolidale.core import sql
from placements.agreements.transitions import REQUEST

# Read before any scope exists, by the hash of a secret: ids alone, of the one request it belongs to.
LINK = """
CREATE FUNCTION agreements_signing_link(secret text)
RETURNS TABLE (request_id bigint, document_id bigint, ambito_id bigint, network_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.id, r.document_id, r.ambito_id, a.network_id
  FROM agreements_signaturerequest r JOIN territory_ambito a ON a.id = r.ambito_id WHERE r.token_hash = secret
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0011_signing'),
        ('core', '0010_links_and_guesses'),
    ]

    operations = [
        *sql.protect("agreements_signingpower", only={"document": "id"}, pins={"deputy_of_id": "agreements_signingpower"}),
        *sql.protect("agreements_signaturerequest", only={"paper": "document_id"}, pins={"power_id": "agreements_signingpower"}),
        *sql.protect(
            "agreements_signature",
            only={"paper": "document_id"},
            pins={
                "request_id": "agreements_signaturerequest",
                "power_id": "agreements_signingpower",
                "kept_from_id": "agreements_signature",
            },
        ),
        *sql.protect("agreements_evidence", only={"document": "id"}, pins={"signature_id": "agreements_signature"}),
        *sql.history("agreements_evidence", hidden=["data"]),
        *sql.history("agreements_signingpower"),
        *sql.history("agreements_signaturerequest", hidden=["token_hash", "code_hash", "address"]),
        *sql.transition_guard("agreements_signaturerequest", REQUEST),
        migrations.RunSQL(LINK, "DROP FUNCTION agreements_signing_link(text)"),
    ]
