from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import Record


class MergeLog(Record):
    """Two records made one: which rows moved and which values changed, so that it can be undone."""

    ambito = models.ForeignKey("territory.Ambito", models.PROTECT, null=True, related_name="+")
    network = models.ForeignKey("territory.Network", models.PROTECT, null=True, related_name="+")
    model = models.CharField(max_length=60)
    kept_id = models.BigIntegerField()
    dropped_id = models.BigIntegerField()
    moved = models.JSONField(default=list)  # [[table, column, [ids]], …]
    changed = models.JSONField(default=list)  # [[table, id, {column: before}, {column: after}], …], encrypted columns as ciphertext
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("unione di schede")
        verbose_name_plural = _("unioni di schede")
