"""Messages, to-dos and deadlines: addressed to a role on the case, resolved to people when read."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .base import AmbitoOwned, Record


class Message(Record):
    """One message to one address. The subject holds no personal data; a job sends mails and short messages, the office posts letters.

    `error` says in words why it did not arrive; `reference` is what the short messages' gateway calls it.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("posta elettronica")
        SMS = "sms", _("SMS")
        LETTER = "letter", _("lettera")

    class State(models.TextChoices):
        QUEUED = "queued", _("in partenza")
        SENT = "sent", _("spedito")
        DELIVERED = "delivered", _("consegnato")
        BOUNCED = "bounced", _("tornato indietro")
        FAILED = "failed", _("non partito")

    ambito = models.ForeignKey("territory.Ambito", models.PROTECT, null=True, related_name="+")
    network = models.ForeignKey("territory.Network", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(_("tipo"), max_length=60)
    channel = models.CharField(_("canale"), max_length=10, choices=Channel, default=Channel.EMAIL)
    address = models.CharField(_("indirizzo"), max_length=254)
    subject = models.CharField(_("oggetto"), max_length=160)
    body = models.TextField(_("testo"))
    is_personal = models.BooleanField(default=False)  # it lets its addressee in: nobody else reads it, and it is not kept
    state = models.CharField(_("consegna"), max_length=10, choices=State, default=State.QUEUED)
    sent_at = models.DateTimeField(_("spedito il"), null=True)
    bounced_at = models.DateTimeField(_("tornato indietro il"), null=True)
    delivered_at = models.DateTimeField(_("consegnato il"), null=True)
    error = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    reply_to = models.EmailField(blank=True)  # where an answer finds its way in; empty: to our own address, which nobody reads
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("messaggio")
        verbose_name_plural = _("messaggi")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["bounced", "failed"]) | ~Q(error=""),
                name="core_message_error_said",
                violation_error_message=_("Scrivi perché il messaggio non è arrivato."),
            )
        ]
        indexes = [models.Index(fields=["kind", "address", "-created_at"], name="core_message_cooldown")]


class Todo(models.Model):
    """What waits for a role on a case. One open to-do per kind and subject.

    `case_role` names who is meant on the case itself (its referent, a tutor): when somebody holds it on the day of reading, it is
    theirs; else it waits for `role`. A mandatory one is the law's: a mute does not hide it.
    """

    ambito = models.ForeignKey("territory.Ambito", models.PROTECT, null=True, related_name="+")
    network = models.ForeignKey("territory.Network", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    title = models.CharField(_("cosa"), max_length=200)
    url = models.CharField(max_length=300)
    role = models.CharField(_("per"), max_length=30)  # a role code: who holds it in the office today sees it
    case_role = models.CharField(max_length=30, blank=True)
    is_mandatory = models.BooleanField(default=False)
    due_on = models.DateField(_("entro"), null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("cosa da fare")
        verbose_name_plural = _("cose da fare")
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_type", "subject_id"], condition=Q(done_at=None), name="core_todo_open_once")
        ]
        indexes = [models.Index(fields=["ambito", "role", "due_on"], condition=Q(done_at=None), name="core_todo_inbox")]


class Deadline(models.Model):
    """A date that matters; the nightly job turns it into a to-do `remind_days` (of the calendar) before."""

    ambito = models.ForeignKey("territory.Ambito", models.PROTECT, null=True, related_name="+")
    network = models.ForeignKey("territory.Network", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=300)
    role = models.CharField(max_length=30)
    case_role = models.CharField(max_length=30, blank=True)
    is_mandatory = models.BooleanField(default=False)
    due_on = models.DateField(_("scadenza"))
    remind_days = models.PositiveSmallIntegerField(default=30)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("scadenza")
        verbose_name_plural = _("scadenze")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id"], condition=Q(closed_at=None), name="core_deadline_open_once"
            )
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(closed_at=None), name="core_deadline_due")]


class Mute(Record, AmbitoOwned):
    """Reminders about one person or case kept quiet to a day, with a reason. Past its last day it counts for nothing."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    reason = models.CharField(_("motivo"), max_length=300)
    until = models.DateField(_("fino al"))
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("promemoria sospeso")
        verbose_name_plural = _("promemoria sospesi")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="core_mute_reason_said"),
            models.UniqueConstraint(
                fields=["subject_type", "subject_id"],
                condition=Q(ended_at=None),
                name="core_mute_open_once",
                violation_error_message=_("I promemoria di questa scheda sono già sospesi."),
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class MailClosing(Record, AmbitoOwned):
    """The office's own closing words under its mails. Never changed: a new row takes the place of the one before; empty, none."""

    text = models.CharField(_("parole in fondo alle mail"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("chiusura delle mail")
        verbose_name_plural = _("chiusure delle mail")
        constraints = [
            models.CheckConstraint(
                condition=~Q(text__contains="{{") & ~Q(text__contains="{%"),
                name="core_closing_plain",
                violation_error_message=_("Solo parole: niente parentesi graffe."),
            )
        ]

    def __str__(self) -> str:
        return self.text


class Announcement(Record):
    """A notice of an office to its own users, or of the network to those of all its Ambiti, shown on their first page from a day to a day.
    It holds no personal data. `roles`: who reads it, everybody where it names none; `read_by`: the users who put it away.
    """

    ambito = models.ForeignKey("territory.Ambito", models.PROTECT, null=True, related_name="+")
    network = models.ForeignKey("territory.Network", models.PROTECT, null=True, related_name="+")
    title = models.CharField(_("titolo"), max_length=80)
    text = models.CharField(_("testo"), max_length=500)
    roles = ArrayField(models.CharField(max_length=30), default=list, verbose_name=_("per chi"))
    starts_on = models.DateField(_("dal"))
    ends_on = models.DateField(_("fino al"))
    read_by = ArrayField(models.BigIntegerField(), default=list)
    withdrawn_at = models.DateTimeField(_("tolto il"), null=True)

    class Meta:
        verbose_name = _("avviso agli utenti")
        verbose_name_plural = _("avvisi agli utenti")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="core_announcement_days",
                violation_error_message=_("L'avviso finisce prima di cominciare."),
            ),
            models.CheckConstraint(
                condition=Q(ambito=None, network__isnull=False) | Q(ambito__isnull=False, network=None), name="core_announcement_one_owner"
            ),
        ]

    def __str__(self) -> str:
        return self.title
