"""Files of the room. They are the network's, so that every office of it and the auditor reach the same ones."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record

from ..enums import FileKind


class ProjectFile(Record, NetworkOwned):
    """A file about one row of this room (its type and id). Never changed: a better one is another file.

    `masks`: this is the copy without names of another. `nameless_by`: who looked and says that no person's name is on it; only such a
    file, or a copy without names, is shown to an auditor.
    """

    stored_files: ClassVar = ("file_name",)

    kind = models.CharField(_("tipo"), max_length=12, choices=FileKind)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    original_name = models.CharField(_("nome del file"), max_length=150)
    content_type = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    words = models.CharField(_("che cos'è"), max_length=200, blank=True)
    masks = models.OneToOneField("self", models.PROTECT, null=True, related_name="masked_copy", verbose_name=_("copia di"))
    nameless_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("senza nomi, secondo")
    )
    nameless_at = models.DateTimeField(_("senza nomi, dal"), null=True)

    class Meta:
        verbose_name = _("file del progetto")
        verbose_name_plural = _("file del progetto")
        constraints = [
            models.CheckConstraint(condition=Q(kind="masked") ^ Q(masks=None), name="projects_file_masks"),
            models.CheckConstraint(
                condition=Q(nameless_by=None, nameless_at=None) | Q(nameless_by__isnull=False, nameless_at__isnull=False),
                name="projects_file_nameless",
            ),
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="projects_file_subject")]

    def __str__(self) -> str:
        return self.words or self.original_name

    @property
    def is_safe(self) -> bool:
        """Whether it may be shown where no person is named."""
        return self.kind == FileKind.MASKED or self.nameless_by_id is not None
