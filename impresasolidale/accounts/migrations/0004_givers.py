"""A donor or a partner who signs in: whose gifts, or whose part in projects, the membership opens."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_guards"),
        ("projects", "0001_initial"),
        ("solidarity_fund", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="donor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="solidarity_fund.donor",
                verbose_name="donatore",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="partner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="projects.partner",
                verbose_name="partner",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("donor", None), ("role", "donor"), _connector="OR"),
                    models.Q(("partner", None), ("role", "partner"), _connector="OR"),
                ),
                name="accounts_membership_givers",
            ),
        ),
    ]
