"""What belongs to the network; a company user reaches the own company's alone, and the scheme and campaigns, which are everybody's."""

from django.db import migrations

from certification.transitions import APPLICATION, CERTIFICATE, SCHEME, THANKS
from impresasolidale.core import sql

NETWORK = ("network_id",)
OWN = {"company": "company_id"}
COMPANY = {"company_id": "hosts_company"}
OF_SCHEME = {"scheme_id": "certification_schemeversion"}

# What is published never changes, whoever writes (rule 79).
PUBLISHED = """
CREATE FUNCTION certification_keep_scheme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'scheme %: it is published', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER certification_schemeversion_frozen BEFORE UPDATE OR DELETE ON certification_schemeversion
  FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION certification_keep_scheme();
"""


class Migration(migrations.Migration):
    dependencies = [("certification", "0001_initial"), ("hosts", "0002_guards")]

    operations = [
        *sql.protect("certification_schemeversion", owner=NETWORK),
        *sql.protect("certification_campaign", owner=NETWORK, pins=OF_SCHEME),
        *sql.protect(
            "certification_application",
            owner=NETWORK,
            only=OWN,
            pins={**COMPANY, **OF_SCHEME, "campaign_id": "certification_campaign"},
        ),
        *sql.protect(
            "certification_answer",
            owner=NETWORK,
            pins={"application_id": "certification_application"},
            through="EXISTS (SELECT 1 FROM certification_application a WHERE a.id = application_id)",
        ),
        *sql.protect(
            "certification_proof",
            owner=NETWORK,
            pins={"answer_id": "certification_answer"},
            through="EXISTS (SELECT 1 FROM certification_answer a WHERE a.id = answer_id)",
        ),
        *sql.protect(
            "certification_certificate",
            owner=NETWORK,
            only=OWN,
            pins={
                **COMPANY,
                **OF_SCHEME,
                "application_id": "certification_application",
                "supersedes_id": "certification_certificate",
            },
        ),
        *sql.protect("certification_thanks", owner=NETWORK, only=OWN, pins=COMPANY),
        *sql.protect("certification_impactcard", owner=NETWORK, only=OWN, pins=COMPANY),
        migrations.RunSQL(PUBLISHED, migrations.RunSQL.noop),
        *[
            operation
            for name, machine in (
                ("schemeversion", SCHEME),
                ("application", APPLICATION),
                ("certificate", CERTIFICATE),
                ("thanks", THANKS),
            )
            for operation in sql.transition_guard(f"certification_{name}", machine)
        ],
        *[operation for machine in (APPLICATION, CERTIFICATE, THANKS) for operation in sql.reasons_kept(machine)],
        *[
            operation
            for name in ("schemeversion", "campaign", "application", "answer", "certificate", "thanks", "impactcard")
            for operation in sql.history(f"certification_{name}")
        ],
    ]
