"""A person's sheet is the Ambito's, a site's the network's; a company user reaches neither, not even its own: they are the office's eyes."""

from django.db import migrations

from impresasolidale.core import sql

OFFICE_ONLY = {"document": "id"}  # a company user's set of documents is always empty


class Migration(migrations.Migration):
    dependencies = [("matching", "0001_initial"), ("beneficiaries", "0002_guards"), ("hosts", "0002_guards"), ("core", "0003_guards")]

    operations = [
        *sql.protect("matching_personsheet", only=OFFICE_ONLY, pins={"beneficiary_id": "beneficiaries_beneficiary"}),
        *sql.protect("matching_sitesheet", owner=("network_id",), only=OFFICE_ONLY, pins={"site_id": "hosts_site"}),
        *sql.append_only("matching_sitesheet"),
        *sql.history("matching_personsheet"),  # not append-only: a merge of two records moves it
    ]
