"""The tutor's personal link, and what the person says of her own day: card, poster, words."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Message, NetworkOwned, Record

from ..enums import Picture, Word, WordSource


class PortalLink(Record, AmbitoOwned):
    """A tutor's way in without a password, for the people this Ambito entrusted to them.

    One lives at a time; a new one ends the one before.
    """

    tutor = models.ForeignKey("hosts.CompanyTutor", models.PROTECT, related_name="+", verbose_name=_("tutor"))
    token_hash = models.CharField(max_length=64, unique=True)  # SHA-256: the secret itself is in the message alone
    channel = models.CharField(_("mezzo"), max_length=10, choices=Message.Channel)
    address = models.CharField(_("recapito"), max_length=254)
    is_weekly = models.BooleanField(_("mandato ogni settimana"), default=False)
    sent_at = models.DateTimeField(_("mandato il"))
    expires_at = models.DateTimeField(_("scade il"))
    opened_at = models.DateTimeField(_("aperto la prima volta il"), null=True)
    ended_at = models.DateTimeField(_("chiuso il"), null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("chiuso da"))
    is_replaced = models.BooleanField(_("sostituito da uno più nuovo"), default=False)

    class Meta:
        verbose_name = _("collegamento del tutor")
        verbose_name_plural = _("collegamenti dei tutor")
        constraints = [
            models.UniqueConstraint(fields=["ambito", "tutor"], condition=Q(ended_at=None), name="attendance_link_one_lives"),
            models.CheckConstraint(condition=Q(is_replaced=False) | Q(ended_at__isnull=False), name="attendance_link_replaced_ended"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("sent_at")), name="attendance_link_expires_later"),
        ]
        indexes = [models.Index(fields=["tutor", "-id"], name="attendance_link_of_tutor")]

    @property
    def last_day(self) -> date:
        """It ends with a midnight: the last day is the one before."""
        return timezone.localtime(self.expires_at - timedelta(seconds=1)).date()


class CheckInCard(Record, AmbitoOwned):
    """The person's own drawing and four digits: how the poster knows her, without a name and without an account (adr/0015)."""

    placement = models.ForeignKey("agreements.Placement", models.PROTECT, related_name="cards", verbose_name=_("tirocinio"))
    picture = models.CharField(_("disegno"), max_length=10, choices=Picture)
    number: Any = EncryptedTextField(_("numero"))  # four digits, to print the card again
    secret_hash = models.CharField(max_length=64)  # keyed, of network, drawing and number
    ended_at = models.DateTimeField(_("non vale più dal"), null=True)

    class Meta:
        verbose_name = _("tessera della persona")
        verbose_name_plural = _("tessere delle persone")
        constraints = [
            models.UniqueConstraint(fields=["secret_hash"], condition=Q(ended_at=None), name="attendance_card_secret_once"),
            models.UniqueConstraint(fields=["placement"], condition=Q(ended_at=None), name="attendance_card_one_lives"),
        ]


class SitePoster(Record, NetworkOwned):
    """The sheet on the wall of a place of work, with a fixed address. It names the place and nothing else."""

    stored_files = ("file_name",)

    site = models.ForeignKey("hosts.Site", models.PROTECT, related_name="+", verbose_name=_("sede"))
    code = models.CharField(max_length=12, unique=True)
    file_name = models.CharField(max_length=200, blank=True)  # empty until the worker has made it
    ended_at = models.DateTimeField(_("non vale più dal"), null=True)

    class Meta:
        verbose_name = _("cartello della sede")
        verbose_name_plural = _("cartelli delle sedi")
        constraints = [models.UniqueConstraint(fields=["site"], condition=Q(ended_at=None), name="attendance_poster_one_lives")]


class CheckIn(AmbitoOwned):
    """What the person said of her own day, at a moment. Append-only; never a place. A presence it becomes when the tutor says so."""

    placement = models.ForeignKey("agreements.Placement", models.PROTECT, related_name="words", verbose_name=_("tirocinio"))
    day = models.DateField(_("giorno"))
    word = models.CharField(_("parola"), max_length=10, choices=Word)
    source = models.CharField(_("da dove"), max_length=10, choices=WordSource)
    said_at = models.DateTimeField(_("detto il"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("annotato da"))
    link = models.ForeignKey(PortalLink, models.PROTECT, null=True, related_name="+", verbose_name=_("dal collegamento"))
    submission = models.UUIDField(null=True, unique=True)  # the tap: repeated, it is the same row

    class Meta:
        verbose_name = _("parola della persona")
        verbose_name_plural = _("parole della persona")
        constraints = [
            models.CheckConstraint(condition=~Q(source="office") | Q(recorded_by__isnull=False), name="attendance_word_noted_by")
        ]
        indexes = [models.Index(fields=["placement", "day", "-id"], name="attendance_word_last")]
