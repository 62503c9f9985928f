"""Who takes part, what they followed, what they said at the end, and what they had learnt elsewhere."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record

from ..enums import CourseKind, EnrolmentState, PresenceSource
from .courses import Edition, Session


class Enrolment(Record, NetworkOwned):
    """A tutor in an edition: invited, on the waiting list, with a seat. `minutes` is the sum of the meetings, set once at the end."""

    State = EnrolmentState

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="enrolments", verbose_name=_("edizione"))
    tutor = models.ForeignKey("hosts.CompanyTutor", models.PROTECT, related_name="enrolments", verbose_name=_("tutor"))
    state = models.CharField(_("stato"), max_length=10, choices=EnrolmentState, default=EnrolmentState.ENROLLED)
    queued_at = models.DateTimeField(_("in lista dal"), null=True)
    minutes = models.PositiveIntegerField(_("minuti seguiti"), default=0)
    completed_on = models.DateField(_("concluso il"), null=True)
    certified_on = models.DateField(_("attestato dal"), null=True)  # with the hours that the rule book of that day asked for
    feedback_on = models.DateField(_("questionario del"), null=True)  # that it was answered; the answers do not say by whom
    badge_agreed_at = models.DateTimeField(_("distintivo pubblico dal"), null=True)

    class Meta:
        verbose_name = _("iscrizione")
        verbose_name_plural = _("iscrizioni")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "tutor"], name="training_enrolment_once", violation_error_message=_("Questo tutor è già iscritto.")
            ),
            models.CheckConstraint(
                condition=Q(state="attended", minutes__gt=0, completed_on__isnull=False)
                | (~Q(state="attended") & Q(minutes=0, completed_on=None)),
                name="training_enrolment_attended",
            ),
            models.CheckConstraint(condition=~Q(state="waiting") | Q(queued_at__isnull=False), name="training_enrolment_queued"),
            models.CheckConstraint(condition=Q(certified_on=None) | Q(state="attended"), name="training_enrolment_certified"),
            models.CheckConstraint(condition=Q(badge_agreed_at=None) | Q(certified_on__isnull=False), name="training_enrolment_badge"),
        ]
        indexes = [models.Index(fields=["tutor", "state"], name="training_enrolment_tutor")]


class Presence(NetworkOwned):
    """How long a tutor was at one meeting, 0 for absent. Changed until the edition is closed; a trigger keeps it within the meeting."""

    Source = PresenceSource

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="presences", verbose_name=_("iscrizione"))
    session = models.ForeignKey(Session, models.PROTECT, related_name="presences", verbose_name=_("incontro"))
    minutes = models.PositiveSmallIntegerField(_("minuti"))
    source = models.CharField(_("come"), max_length=4, choices=PresenceSource)
    recorded_at = models.DateTimeField(_("registrata il"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("registrata da"))

    class Meta:
        verbose_name = _("presenza a un incontro")
        verbose_name_plural = _("presenze agli incontri")
        constraints = [models.UniqueConstraint(fields=["enrolment", "session"], name="training_presence_once")]


class Recognition(Record, NetworkOwned):
    """A course followed elsewhere that the office recognises as worth one of ours."""

    tutor = models.ForeignKey("hosts.CompanyTutor", models.PROTECT, related_name="recognitions", verbose_name=_("tutor"))
    kind = models.CharField(_("vale come"), max_length=10, choices=CourseKind, default=CourseKind.INITIAL)
    title = models.CharField(_("corso seguito"), max_length=160)
    issuer = models.CharField(_("chi lo ha tenuto"), max_length=160)
    minutes = models.PositiveIntegerField(_("durata in minuti"))
    completed_on = models.DateField(_("concluso il"))
    withdrawn_at = models.DateTimeField(_("annullato il"), null=True)

    class Meta:
        verbose_name = _("corso riconosciuto")
        verbose_name_plural = _("corsi riconosciuti")
        constraints = [
            models.UniqueConstraint(
                fields=["tutor", "title", "completed_on"],
                condition=Q(withdrawn_at=None),
                name="training_recognition_once",
                violation_error_message=_("Questo corso è già riconosciuto."),
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="training_recognition_minutes"),
        ]

    def __str__(self) -> str:
        return self.title


class FeedbackSheet(NetworkOwned):
    """The answers of one participant, without a name, a time or an author: {question: answer from 1 to 4}."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="feedback", verbose_name=_("edizione"))
    answers: Any = models.JSONField(_("risposte"))

    class Meta:
        verbose_name = _("questionario di fine corso")
        verbose_name_plural = _("questionari di fine corso")
