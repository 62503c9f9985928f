"""The search of names asks the trigram index before the policy's condition; one state in another order has its index."""

from django.db import migrations, models

from impresasolidale.core import sql

SEARCHES = [
    *sql.name_search("beneficiaries_beneficiary", only={"beneficiary": "id"}),
    *sql.name_search("hosts_company", owner=("network_id",), only={"company": "id"}),
    *sql.name_search("agreements_placement", column="person_key", only={"placement": "id"}),
]


class Migration(migrations.Migration):

    dependencies = [
        ("agreements", "0012_signing_guards"),
    ]

    operations = [
        *(migrations.RunSQL(search.sql, migrations.RunSQL.noop) for search in SEARCHES),
        migrations.AddIndex(
            model_name="placement",
            index=models.Index(fields=["ambito", "state", "-changed_at", "-id"], name="agreements_state_change"),
        ),
        migrations.AddIndex(
            model_name="placement",
            index=models.Index(fields=["ambito", "state", "person_key", "id"], name="agreements_state_name"),
        ),
    ]
