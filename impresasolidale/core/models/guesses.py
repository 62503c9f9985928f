"""How often somebody guessed wrong at a public page, for a day."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Miss(models.Model):
    """Wrong guesses at a public page, counted in steps of ten minutes, by who or what (a keyed hash: no address is kept)."""

    key = models.CharField(max_length=64)
    since = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("tentativo non riuscito")
        verbose_name_plural = _("tentativi non riusciti")
        constraints = [models.UniqueConstraint(fields=["key", "since"], name="core_miss_once")]
