"""What an office and a company write to each other."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, NetworkOwned, Record

from ..enums import PostChannel, StrayReason
from .companies import Company


class Thread(Record, AmbitoOwned):
    """One matter between an office and a company, with all that was written about it. The company sees its own; other Ambiti do not."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="threads", verbose_name=_("impresa"))
    subject = models.CharField(_("oggetto"), max_length=120)
    address = models.EmailField(_("a chi si scrive"))
    last_at = models.DateTimeField(_("ultimo messaggio"))

    class Meta:
        verbose_name = _("conversazione")
        verbose_name_plural = _("conversazioni")
        indexes = [
            models.Index(fields=["ambito", "-last_at", "-id"], name="hosts_thread_last"),
            models.Index(fields=["company", "-last_at", "-id"], name="hosts_thread_company"),
        ]

    def __str__(self) -> str:
        return self.subject


class Post(Record, AmbitoOwned):
    """One message of a thread. `sender` is the address a mail came from, which may be one we do not know (`is_stranger`); `left_out` names
    the files that were not kept, and why; `mail_key` names the mail itself, so that it counts once."""

    Channel = PostChannel

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="posts", verbose_name=_("conversazione"))
    is_from_company = models.BooleanField(_("scrive l'impresa"))
    channel = models.CharField(_("come"), max_length=6, choices=PostChannel)
    sender = models.EmailField(_("da"), blank=True)
    is_stranger = models.BooleanField(default=False)
    is_automatic = models.BooleanField(default=False)
    text = EncryptedTextField(_("testo"))
    left_out = models.CharField(_("allegati non tenuti"), max_length=500, blank=True)
    mail_key = models.CharField(max_length=64, blank=True)
    written_at = models.DateTimeField(_("scritto il"))

    class Meta:
        verbose_name = _("messaggio della conversazione")
        verbose_name_plural = _("messaggi della conversazione")
        constraints = [models.UniqueConstraint(fields=["mail_key"], condition=~Q(mail_key=""), name="hosts_post_mail_once")]
        indexes = [models.Index(fields=["thread", "id"], name="hosts_post_of")]


class StrayMail(Record, NetworkOwned):
    """A mail that came in and belongs to no thread: put aside with all of its bytes until somebody has looked at it."""

    Reason = StrayReason

    reason = models.CharField(_("perché è da parte"), max_length=10, choices=StrayReason)
    sender = models.EmailField(_("da"), blank=True)
    subject = models.CharField(_("oggetto"), max_length=160, blank=True)
    text = EncryptedTextField(_("testo"), blank=True)
    raw = EncryptedTextField(_("messaggio intero"))  # its bytes, base64
    mail_key = models.CharField(max_length=64, unique=True)
    seen_at = models.DateTimeField(_("guardata il"), null=True, blank=True)
    seen_by = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("lettera messa da parte")
        verbose_name_plural = _("lettere messe da parte")
        indexes = [models.Index(fields=["network", "-id"], condition=Q(seen_at=None), name="hosts_straymail_waiting")]
