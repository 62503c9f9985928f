from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..fields import EncryptedTextField


class Submission(models.Model):
    """A form post that was accepted: repeating it leads to its result, another body under the same uuid is a conflict."""

    uuid = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    path = models.CharField(max_length=300)
    body_hash = models.CharField(max_length=64)
    result_url = models.CharField(max_length=500, blank=True)
    answer_status = models.PositiveSmallIntegerField(null=True)  # of a call of the API: HTTP
    answer = EncryptedTextField(blank=True)  # and its body, JSON
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("invio di modulo")
        verbose_name_plural = _("invii di modulo")
