"""The three audit streams. No foreign keys: a trail neither blocks nor follows a deletion. No values of encrypted fields."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class Trail(models.Model):
    at = models.DateTimeField(_("quando"))
    actor_id = models.BigIntegerField(_("chi"), null=True)
    network_id = models.BigIntegerField(null=True)
    ambito_id = models.BigIntegerField(null=True)

    class Meta:
        abstract = True


class Fact(Trail):
    """What was done, written in the same transaction as the change. A change of state is a fact with both states."""

    code = models.CharField(_("fatto"), max_length=100)  # dotted past participle: "attendance.timesheet.approved"
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30, blank=True)
    reason = models.TextField(_("motivo"), blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("fatto")
        verbose_name_plural = _("fatti")
        indexes = [models.Index(fields=["subject_type", "subject_id", "-at"], name="core_fact_subject")]


class Look(Trail):
    """Who looked at what, and what was refused; written in its own short transaction after the request."""

    class Kind(models.TextChoices):
        DETAIL = "detail", _("scheda")
        LIST = "list", _("elenco")
        SEARCH = "search", _("ricerca per codice")
        DOCUMENT = "document", _("documento")
        EXPORT = "export", _("esportazione")
        DENIED = "denied", _("accesso negato")

    kind = models.CharField(max_length=10, choices=Kind)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_ids = ArrayField(models.BigIntegerField(), default=list)
    place = models.CharField(_("pagina"), max_length=200, blank=True)  # URL name, never a path with data in it
    reason = models.TextField(_("motivo"), blank=True)

    class Meta:
        verbose_name = _("sguardo")
        verbose_name_plural = _("sguardi")
        indexes = [
            models.Index(fields=["ambito_id", "-at"], name="core_look_ambito"),
            models.Index(fields=["actor_id", "-at"], name="core_look_actor"),
            GinIndex(fields=["subject_ids"], name="core_look_subjects"),  # who saw this person, over years of looks
        ]


class RowChange(Trail):
    """Written by triggers: catches what bypasses the application."""

    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    operation = models.CharField(max_length=6)
    changes = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("modifica di riga")
        verbose_name_plural = _("modifiche di riga")
        indexes = [models.Index(fields=["table_name", "row_id", "at"], name="core_rowchange_row")]
