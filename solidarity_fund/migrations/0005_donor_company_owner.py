"""A donor and the host it is belong to one network: the owner pin of donors, as every child has."""

from django.db import migrations

from impresasolidale.core import sql


class Migration(migrations.Migration):
    dependencies = [("solidarity_fund", "0004_paid_by_kind"), ("hosts", "0002_guards")]

    operations = [
        *sql.protect("solidarity_fund_donor", owner=("network_id",), only={"document": "id"}, pins={"company_id": "hosts_company"}),
    ]
