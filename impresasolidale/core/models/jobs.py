"""Background work as rows: the outbox. The broker only wakes somebody up."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """One piece of work. `arguments` are ids, never personal data. The row survives any broker."""

    class State(models.TextChoices):
        QUEUED = "queued", _("in coda")
        RUNNING = "running", _("in corso")
        DONE = "done", _("finito")
        FAILED = "failed", _("non riuscito")
        CANCELLED = "cancelled", _("annullato")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    label = models.CharField(_("lavoro"), max_length=160, blank=True)
    arguments = models.JSONField(default=dict)
    period = models.CharField(max_length=40, null=True)
    network_id = models.BigIntegerField(null=True)
    ambito_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    state = models.CharField(_("stato"), max_length=10, choices=State, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    progress = models.PositiveSmallIntegerField(default=0)  # 0 … 100
    words = models.CharField(max_length=200, blank=True)
    cancel_asked = models.BooleanField(default=False)
    result = models.JSONField(null=True)
    result_url = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    run_after = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("lavoro")
        verbose_name_plural = _("lavori")
        constraints = [
            models.UniqueConstraint(fields=["name", "period"], name="core_job_once_per_period"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="core_job_progress"),
        ]
        indexes = [
            models.Index(fields=["run_after", "id"], name="core_job_waiting", condition=Q(state__in=["queued", "running"])),
            models.Index(fields=["actor_id", "-id"], name="core_job_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}


class Heartbeat(models.Model):
    """When a part of the installation last answered; read by /healthz."""

    name = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("segno di vita")
        verbose_name_plural = _("segni di vita")
