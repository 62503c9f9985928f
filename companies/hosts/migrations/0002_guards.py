"""Companies and their people belong to the network; a company user reaches its own company only. What an office writes of a company, or
with it, is the office's; words that were said stay out of the trail."""

from django.db import migrations

from companies.hosts.transitions import LEAD, PROPOSAL
from impresasolidale.core import sql

NETWORK = ("network_id",)
OWN = {"company": "company_id"}
COMPANY = {"company_id": "hosts_company"}
OFFICE_ONLY = {"document": "id"}  # nothing for a company user: that key is always empty there

# A tutor belongs to no company, so no column narrows the row: a company user reaches the own one, and those engaged by the companies in reach.
OF_US = (
    "user_id = nullif(current_setting('app.actor', true), '')::bigint OR id = ANY ((SELECT app_only('tutor'))::bigint[])"
    " OR EXISTS (SELECT 1 FROM hosts_engagement e WHERE e.tutor_id = hosts_companytutor.id)"
)


class Migration(migrations.Migration):
    dependencies = [("hosts", "0001_initial"), ("core", "0003_guards")]

    operations = [
        *sql.protect("hosts_company", owner=NETWORK, only={"company": "id"}),
        *sql.protect("hosts_site", owner=NETWORK, only=OWN, pins=COMPANY),
        *sql.protect("hosts_companytutor", owner=NETWORK, through=OF_US),
        *sql.protect("hosts_engagement", owner=NETWORK, only=OWN, pins={**COMPANY, "tutor_id": "hosts_companytutor"}),
        *sql.protect("hosts_closure", owner=NETWORK, only=OWN, pins={**COMPANY, "site_id": "hosts_site"}),
        *sql.protect("hosts_opening", owner=NETWORK, only=OWN, pins={**COMPANY, "site_id": "hosts_site"}),
        *sql.protect("hosts_hostinginterest", owner=NETWORK, only=OWN, pins=COMPANY),
        *sql.protect("hosts_contact", owner=NETWORK, only=OWN, pins=COMPANY),
        *sql.protect("hosts_registercheck", owner=NETWORK, only=OWN, pins=COMPANY),
        *sql.protect("hosts_conductacceptance", owner=NETWORK, only=OWN, pins=COMPANY),
        *sql.protect("hosts_dataproposal", owner=NETWORK, only=OWN, pins=COMPANY),
        *sql.protect("hosts_hostexpense", owner=NETWORK, only=OWN, pins=COMPANY),
        *sql.protect(
            "hosts_distinctcompanies", owner=NETWORK, only=OFFICE_ONLY, pins={"first_id": "hosts_company", "second_id": "hosts_company"}
        ),
        *sql.protect("hosts_readyask", owner=NETWORK, only=OFFICE_ONLY, pins={**COMPANY, "interest_id": "hosts_hostinginterest"}),
        # An office's own. Threads show to the company they are with; their messages are read past the thread alone.
        *sql.protect("hosts_block", only=OFFICE_ONLY),
        *sql.protect("hosts_lead", only=OFFICE_ONLY),
        *sql.protect("hosts_companynote", only=OFFICE_ONLY),
        *sql.protect("hosts_thread", only=OWN),
        *sql.protect("hosts_post", only=OFFICE_ONLY, pins={"thread_id": "hosts_thread"}),
        *sql.protect("hosts_straymail", owner=NETWORK, only=OFFICE_ONLY),
        *sql.transition_guard("hosts_lead", LEAD),
        *sql.transition_guard("hosts_dataproposal", PROPOSAL),
        *sql.reasons_kept(LEAD),
        *sql.reasons_kept(PROPOSAL),
        *sql.name_search("hosts_company", owner=NETWORK, only={"company": "id"}),
        *sql.history("hosts_company"),
        *sql.history("hosts_site"),
        *sql.history("hosts_companytutor"),
        *sql.history("hosts_engagement"),
        *sql.history("hosts_closure"),
        *sql.history("hosts_opening"),
        *sql.history("hosts_hostinginterest"),
        *sql.history("hosts_contact"),
        *sql.history("hosts_registercheck"),
        *sql.history("hosts_conductacceptance"),
        *sql.history("hosts_dataproposal"),
        *sql.history("hosts_hostexpense"),
        *sql.history("hosts_distinctcompanies"),
        *sql.history("hosts_readyask", hidden=["address", "token_hash"]),
        *sql.history("hosts_block"),
        *sql.history("hosts_lead", hidden=["company_name", "partita_iva", "person", "email", "phone", "words"]),
        *sql.history("hosts_companynote", hidden=["with_whom", "text", "next_step"]),
        *sql.history("hosts_thread", hidden=["subject", "address"]),
        *sql.history("hosts_post", hidden=["sender", "text", "left_out"]),
        *sql.history("hosts_straymail", hidden=["sender", "subject", "text", "raw"]),
    ]
