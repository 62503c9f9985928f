"""What happens after the first signature: irregular days, suspensions, extensions, early ends, tutors who follow each other."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record

from ..change_enums import Asker, EndCause, ExtensionState, NextStep, SuspensionCause, TutorKind
from .placements import Placement
from .projects import PersonalProject


class IrregularDay(AmbitoOwned):
    """One dated day of a project without a fixed week (rule 14). A version that has any follows them alone."""

    project = models.ForeignKey(PersonalProject, models.CASCADE, related_name="dates", verbose_name=_("progetto"))
    day = models.DateField(_("giorno"))
    starts_at = models.TimeField(_("dalle"))
    minutes = models.PositiveSmallIntegerField(_("minuti"))

    class Meta:
        verbose_name = _("giornata con data")
        verbose_name_plural = _("giornate con data")
        constraints = [
            models.UniqueConstraint(fields=["project", "day"], name="agreements_irregular_once"),
            models.CheckConstraint(condition=Q(minutes__gt=0, minutes__lte=600), name="agreements_irregular_minutes"),
        ]


class Suspension(Record, AmbitoOwned):
    """A pause of a placement, both days included; without an end until somebody says when it resumes (rules 32, 40, 52)."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="suspensions", verbose_name=_("tirocinio"))
    starts_on = models.DateField(_("dal"))
    ends_on = models.DateField(_("al"), null=True)
    cause = models.CharField(_("causa"), max_length=10, choices=SuspensionCause)
    note = models.CharField(_("nota"), max_length=300, blank=True)
    moves_end = models.BooleanField(_("i giorni si recuperano alla fine"), default=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decisa da"))

    class Meta:
        verbose_name = _("sospensione")
        verbose_name_plural = _("sospensioni")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="agreements_suspension_dates"),
            models.CheckConstraint(condition=~Q(cause=SuspensionCause.OTHER) | ~Q(note=""), name="agreements_suspension_said"),
            ExclusionConstraint(
                name="agreements_suspension_apart",
                expressions=[
                    ("placement", RangeOperators.EQUAL),
                    (
                        Func(
                            "starts_on", "ends_on", RangeBoundary(inclusive_upper=True), function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("In questi giorni c'è già una sospensione."),
            ),
        ]

    def holds(self, day: date) -> bool:
        """Whether `day` is one of its days."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class ExtensionRequest(Record, AmbitoOwned):
    """Somebody asks for more time; the coordinator grants it, which writes a version to be signed, or denies it with an alternative."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="extension_requests", verbose_name=_("tirocinio"))
    state = models.CharField(_("stato"), max_length=10, choices=ExtensionState, default=ExtensionState.ASKED)
    asked_by = models.CharField(_("chi la chiede"), max_length=10, choices=Asker)
    asked_on = models.DateField(_("chiesta il"))
    until = models.DateField(_("fino al"))
    motive = models.CharField(_("perché"), max_length=300)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decisa da"))
    decided_on = models.DateField(_("decisa il"), null=True)
    answer = models.CharField(_("motivo della risposta"), max_length=500, blank=True)
    alternative = models.CharField(_("che cosa si propone invece"), max_length=500, blank=True)
    project = models.OneToOneField(PersonalProject, models.PROTECT, null=True, related_name="request", verbose_name=_("proroga"))

    class Meta:
        verbose_name = _("richiesta di proroga")
        verbose_name_plural = _("richieste di proroga")
        constraints = [
            models.UniqueConstraint(
                fields=["placement"],
                condition=Q(state=ExtensionState.ASKED),
                name="agreements_extension_one_open",
                violation_error_message=_("C'è già una richiesta di proroga da decidere."),
            ),
            models.CheckConstraint(
                condition=~Q(state=ExtensionState.DENIED) | (~Q(answer="") & ~Q(alternative="")), name="agreements_extension_denied"
            ),
            models.CheckConstraint(
                condition=~Q(state=ExtensionState.GRANTED) | Q(project__isnull=False), name="agreements_extension_granted"
            ),
        ]


class Attestation(Record, AmbitoOwned):
    """The public service attests that a placement must go on beyond the longest time (rule 8; 7/CSR 2015). Append-only."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="attestations", verbose_name=_("tirocinio"))
    made_on = models.DateField(_("data"))
    author = models.CharField(_("chi la firma"), max_length=120)
    service = models.CharField(_("servizio"), max_length=120)
    protocol = models.CharField(_("protocollo"), max_length=60)
    until = models.DateField(_("fino al"))
    file = models.ForeignKey("core.Upload", models.PROTECT, related_name="+", verbose_name=_("copia"))

    class Meta:
        verbose_name = _("attestazione del servizio")
        verbose_name_plural = _("attestazioni del servizio")


class EarlyEnd(Record, AmbitoOwned):
    """The last day of a placement that ends before its time (rule 51); `done_on` empty while that day has still to pass."""

    placement = models.OneToOneField(Placement, models.CASCADE, related_name="early_end", verbose_name=_("tirocinio"))
    last_day = models.DateField(_("ultimo giorno"))
    cause = models.CharField(_("causa"), max_length=10, choices=EndCause)
    asked_by = models.CharField(_("chi la chiede"), max_length=10, choices=Asker)
    next_step = models.CharField(_("che cosa succede dopo"), max_length=15, choices=NextStep)
    note = models.CharField(_("in parole"), max_length=500)
    done_on = models.DateField(_("registrata il"), null=True)

    class Meta:
        verbose_name = _("chiusura anticipata")
        verbose_name_plural = _("chiusure anticipate")
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="agreements_earlyend_said")]


class TutorChange(Record, AmbitoOwned):
    """A tutor follows another from a day on, without signing everything again (features row 40); `done_on` empty until that day."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="tutor_changes", verbose_name=_("tirocinio"))
    kind = models.CharField(_("chi cambia"), max_length=10, choices=TutorKind)
    from_tutor = models.ForeignKey("hosts.CompanyTutor", models.PROTECT, null=True, related_name="+", verbose_name=_("da"))
    to_tutor = models.ForeignKey("hosts.CompanyTutor", models.PROTECT, null=True, related_name="+", verbose_name=_("a"))
    from_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("da"))
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("a"))
    on = models.DateField(_("dal"))
    reason = models.CharField(_("perché"), max_length=300)
    document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("comunicazione"))
    done_on = models.DateField(_("registrato il"), null=True)

    class Meta:
        verbose_name = _("cambio di tutor")
        verbose_name_plural = _("cambi di tutor")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=TutorKind.COMPANY, to_tutor__isnull=False, to_user=None)
                | Q(kind=TutorKind.PROMOTER, to_user__isnull=False, to_tutor=None),
                name="agreements_tutorchange_kind",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="agreements_tutorchange_reason"),
            models.UniqueConstraint(
                fields=["placement", "kind"],
                condition=Q(done_on=None),
                name="agreements_tutorchange_one_ahead",
                violation_error_message=_("C'è già un cambio di tutor in programma."),
            ),
        ]

    @property
    def before(self) -> str:
        """Who leaves, by name."""
        return str(self.from_tutor or self.from_user or "")

    @property
    def after(self) -> str:
        """Who comes, by name."""
        return str(self.to_tutor or self.to_user)
