"""What is taught, when and where, and the files that go with it."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from ..enums import CourseKind, SafetyModule
from ..rules import Meeting


class Course(Record, NetworkOwned):
    """What is taught. An initial course makes a tutor "trained" (rule 91)."""

    Kind = CourseKind

    title = models.CharField(_("titolo"), max_length=120)
    topics = models.TextField(_("argomenti"), blank=True)
    minutes = models.PositiveIntegerField(_("durata in minuti"))
    kind = models.CharField(_("tipo"), max_length=10, choices=CourseKind, default=CourseKind.INITIAL)
    module = models.CharField(_("modulo di sicurezza"), max_length=20, choices=SafetyModule, blank=True)

    class Meta:
        verbose_name = _("corso")
        verbose_name_plural = _("corsi")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="safety") & ~Q(module="") | ~Q(kind="safety") & Q(module=""),
                name="training_course_module",
                violation_error_message=_("Solo un modulo di sicurezza dice quale modulo è."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_words(self) -> str:
        """The kind, and for a safety module which one."""
        return f"{self.get_kind_display()}: {self.get_module_display()}" if self.module else self.get_kind_display()


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
    """One meeting of an edition. Two of one edition never overlap (an exclusion constraint of the table)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(Edition, models.CASCADE, related_name="sessions", verbose_name=_("edizione"))
    on = models.DateField(_("giorno"))
    starts_at = models.TimeField(_("ora"))
    minutes = models.PositiveSmallIntegerField(_("durata in minuti"))

    class Meta:
        verbose_name = _("incontro")
        verbose_name_plural = _("incontri")
        constraints = [models.UniqueConstraint(fields=["edition", "on", "starts_at"], name="training_session_once")]

    @property
    def meeting(self) -> Meeting:
        return Meeting(self.on, self.starts_at, self.minutes)

    @property
    def ends(self) -> datetime:
        """Local time."""
        return self.meeting.ends


class Material(Record, NetworkOwned):
    """A file for those enrolled: of a course, or of one of its editions alone."""

    stored_files = ("file_name",)

    course = models.ForeignKey(Course, models.PROTECT, related_name="materials", verbose_name=_("corso"))
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, related_name="materials", verbose_name=_("edizione"))
    title = models.CharField(_("titolo"), max_length=120)
    content_type = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    withdrawn_at = models.DateTimeField(_("tolto il"), null=True)

    class Meta:
        verbose_name = _("materiale del corso")
        verbose_name_plural = _("materiali del corso")

    def __str__(self) -> str:
        return self.title
