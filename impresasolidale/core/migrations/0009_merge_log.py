from django.db import migrations, models


class Migration(migrations.Migration):
    """Undoing a merge also gives values back, not only references."""

    dependencies = [("core", "0008_register")]

    operations = [migrations.AddField(model_name="mergelog", name="changed", field=models.JSONField(default=list))]
