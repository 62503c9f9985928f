"""A row of a liquidation may come to nothing: with the approval it is compensated, and no order is made for it."""

from django.db import migrations, models
from django.db.models import Q

from impresasolidale.core import sql
from impresasolidale.treasury.transitions import ITEM

STATES = [
    ("ready", "pronta"),
    ("held", "trattenuta"),
    ("sent", "mandata a pagare"),
    ("paid", "pagata"),
    ("refused", "respinta"),
    ("left", "lasciata a dopo"),
    ("offset", "compensata"),
]


class Migration(migrations.Migration):
    dependencies = [("treasury", "0011_waiting_elsewhere")]

    operations = [
        migrations.AlterField(
            "liquidationitem", "state", models.CharField("stato", max_length=10, choices=STATES, default="ready")
        ),
        migrations.RemoveConstraint("liquidationitem", "treasury_item_positive"),
        migrations.AddConstraint(
            "liquidationitem",
            models.CheckConstraint(
                condition=(Q(amount__gt=0) & ~Q(state="offset")) | Q(amount=0, state__in=["ready", "held", "left", "offset"]),
                name="treasury_item_amount",
            ),
        ),
        migrations.RemoveConstraint("liquidationitem", "treasury_item_live_once"),
        migrations.AddConstraint(
            "liquidationitem",
            models.UniqueConstraint(
                fields=["source_type", "source_id"],
                condition=Q(state__in=["ready", "held", "sent", "paid", "offset"]),
                name="treasury_item_live_once",
                violation_error_message="Una di queste somme è già in un'altra liquidazione.",
            ),
        ),
        *sql.transition_guard("treasury_liquidationitem", ITEM),
    ]
