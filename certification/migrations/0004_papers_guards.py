"""What is made of recognitions: runs that award many, the attestati of the past, the address of a file that somebody brings."""

from django.db import migrations

from impresasolidale.core import sql

NETWORK = ("network_id",)
OFFICE_ONLY = {"owner": NETWORK, "office_only": True}

# Which paper a file is, for who holds the file itself: its code, by the hash of all its bytes.
FILE = """
CREATE INDEX core_document_file ON core_document (file_hash) WHERE file_hash <> '';
CREATE FUNCTION certification_code_of_file(hash text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT v.code FROM core_document d JOIN core_verification v ON v.document_id = d.id WHERE d.file_hash = hash AND hash <> ''
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("certification", "0003_flow_guards"), ("territory", "0002_guards")]

    operations = [
        *sql.protect("certification_awardrun", pins={"campaign_id": "certification_campaign", "sitting_id": "certification_sitting"}, **OFFICE_ONLY),
        *sql.protect(
            "certification_awarditem",
            pins={
                "run_id": "certification_awardrun",
                "application_id": "certification_application",
                "certificate_id": "certification_certificate",
            },
            **OFFICE_ONLY,
        ),
        *sql.protect("certification_historicalaward", owner=NETWORK),
        *sql.history("certification_awardrun"),
        *sql.history("certification_historicalaward"),
        migrations.RunSQL(FILE, migrations.RunSQL.noop),
    ]
