"""What several records of a person share."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WithFile(models.Model):
    """A paper may be kept with the record: private, served by its page alone."""

    file = models.ForeignKey("core.Upload", models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("file"))

    class Meta:
        abstract = True
