"""What lists of placements sort and search by: columns and indexes, kept by triggers; the search of names behind row-level security."""

import django.contrib.postgres.indexes
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from impresasolidale.core import sql

KEEP = """
CREATE FUNCTION agreements_keep_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.beneficiary_id IS DISTINCT FROM OLD.beneficiary_id OR NEW.person_key IS DISTINCT FROM OLD.person_key THEN
    NEW.person_key := coalesce((SELECT search_key FROM beneficiaries_beneficiary WHERE id = NEW.beneficiary_id), '');
  END IF;
  IF TG_OP = 'UPDATE' AND NEW IS DISTINCT FROM OLD THEN NEW.changed_at := now(); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER agreements_placement_order BEFORE INSERT OR UPDATE ON agreements_placement
  FOR EACH ROW EXECUTE FUNCTION agreements_keep_order();
CREATE FUNCTION agreements_rename_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE agreements_placement SET person_key = NEW.search_key WHERE beneficiary_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER agreements_rename_person AFTER UPDATE OF search_key ON beneficiaries_beneficiary
  FOR EACH ROW WHEN (NEW.search_key IS DISTINCT FROM OLD.search_key) EXECUTE FUNCTION agreements_rename_person();
"""
FILL = """
UPDATE agreements_placement p SET person_key = b.search_key, changed_at = p.created_at FROM beneficiaries_beneficiary b WHERE b.id = p.beneficiary_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0005_versions'),
        ('beneficiaries', '0003_known_elsewhere'),
        ('core', '0005_message_channels'),
        ('hosts', '0002_guards'),
        ('territory', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='placement',
            name='changed_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='ultima modifica'),
        ),
        migrations.AddField(
            model_name='placement',
            name='life_order',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(state='draft', then=0), models.When(state='proposed', then=1), models.When(state='to_sign', then=2), models.When(state='signed', then=3), models.When(state='validated', then=4), models.When(state='active', then=5), models.When(state='suspended', then=6), models.When(state='ended', then=7), models.When(state='ended_early', then=8), models.When(state='evaluated', then=9), models.When(state='closed', then=10), models.When(state='rejected', then=11), models.When(state='withdrawn', then=12), models.When(state='expired', then=13), models.When(state='cancelled', then=14), default=15), output_field=models.PositiveSmallIntegerField()),
        ),
        migrations.AddField(
            model_name='placement',
            name='person_key',
            field=models.CharField(default='', editable=False, max_length=170),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='placement',
            index=models.Index(fields=['ambito', '-changed_at', '-id'], name='agreements_by_change'),
        ),
        migrations.AddIndex(
            model_name='placement',
            index=models.Index(fields=['ambito', 'person_key', 'id'], name='agreements_by_name'),
        ),
        migrations.AddIndex(
            model_name='placement',
            index=models.Index(fields=['ambito', 'life_order', '-starts_on', '-id'], name='agreements_by_life'),
        ),
        migrations.AddIndex(
            model_name='placement',
            index=models.Index(condition=models.Q(('state__in', ('draft', 'proposed', 'to_sign', 'signed', 'validated'))), fields=['ambito', '-starts_on', '-id'], name='agreements_to_start'),
        ),
        migrations.AddIndex(
            model_name='placement',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('person_key'), name='gin_trgm_ops'), name='agreements_search'),
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        *sql.name_search("beneficiaries_beneficiary", only={"beneficiary": "id"}),
        *sql.name_search("hosts_company", owner=("network_id",), only={"company": "id"}),
        *sql.name_search("agreements_placement", column="person_key", only={"placement": "id"}),
    ]
