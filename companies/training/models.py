"""Training of company tutors: courses, editions with their sessions, enrolments and attendance."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from .enums import EnrolmentState


class Course(Record, NetworkOwned):
    """What is taught. A basic course makes a tutor "trained" (rule 91)."""

    title = models.CharField(_("titolo"), max_length=120)
    topics = models.TextField(_("argomenti"), blank=True)
    minutes = models.PositiveIntegerField(_("durata in minuti"))
    is_basic = models.BooleanField(_("corso di base per tutor"), default=True)

    class Meta:
        verbose_name = _("corso")
        verbose_name_plural = _("corsi")

    def __str__(self) -> str:
        return self.title


class Edition(Record, Versioned, NetworkOwned):
    """One run of a course."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="editions", verbose_name=_("corso"))
    place = models.CharField(_("dove"), max_length=160)
    seats = models.PositiveSmallIntegerField(_("posti"))
    trainer = models.CharField(_("formatore"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("edizione")
        verbose_name_plural = _("edizioni")
        constraints = [
            models.CheckConstraint(
                condition=Q(seats__gte=1), name="training_edition_seats", violation_error_message=_("Serve almeno un posto.")
            )
        ]


class Session(NetworkOwned):
    """One meeting of an edition."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="sessions", verbose_name=_("edizione"))
    on = models.DateField(_("giorno"))
    starts_at = models.TimeField(_("ora"))
    minutes = models.PositiveSmallIntegerField(_("durata in minuti"))

    class Meta:
        verbose_name = _("incontro")
        verbose_name_plural = _("incontri")
        constraints = [models.UniqueConstraint(fields=["edition", "on", "starts_at"], name="training_session_once")]


class Enrolment(Record, NetworkOwned):
    """A tutor in an edition. `minutes` is set once, when the attendance is recorded."""

    State = EnrolmentState

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="enrolments", verbose_name=_("edizione"))
    tutor = models.ForeignKey("hosts.CompanyTutor", models.PROTECT, related_name="enrolments", verbose_name=_("tutor"))
    state = models.CharField(_("stato"), max_length=10, choices=EnrolmentState, default=EnrolmentState.ENROLLED)
    minutes = models.PositiveIntegerField(_("minuti seguiti"), default=0)
    completed_on = models.DateField(_("concluso il"), null=True)

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
        ]
        indexes = [models.Index(fields=["tutor", "state"], name="training_enrolment_tutor")]
