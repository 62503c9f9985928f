"""Owner and placement of a meeting, which never changes; an agreement for one placement has its owner."""

from django.db import migrations

from impresasolidale.core import sql


class Migration(migrations.Migration):
    dependencies = [("agreements", "0016_meetings")]

    operations = [
        *sql.protect("agreements_meeting", only={"document": "id"}, pins={"placement_id": "agreements_placement"}),
        *sql.append_only("agreements_meeting"),
        *sql.protect("agreements_frameworkagreement", only={"document": "id"}, pins={"only_for_id": "agreements_placement"}),
    ]
