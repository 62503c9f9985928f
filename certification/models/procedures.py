"""Before a no: the procedure of L. 241/1990 for a company, on the bases of the fund's; and the appeal against it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.hosts.models import Company
from impresasolidale.core.models import NetworkOwned, Record, Versioned
from solidarity_fund.models.procedures import AnyPaper, AnyProcedure

from ..enums import AppealOutcome, ProcedureKind, ProcedureOutcome, ReasonClass
from .applications import Application
from .certificates import Certificate

ONE_SUBJECT = Q(application__isnull=False, certificate=None) | Q(application=None, certificate__isnull=False)


class Procedure(AnyProcedure, NetworkOwned):
    """Of an application that would be refused, or of a recognition that would be suspended or taken back."""

    application = models.ForeignKey(
        Application, models.PROTECT, null=True, related_name="procedures", verbose_name=_("domanda di riconoscimento")
    )
    certificate = models.ForeignKey(Certificate, models.PROTECT, null=True, related_name="procedures", verbose_name=_("riconoscimento"))
    kind = models.CharField(_("per che cosa"), max_length=12, choices=ProcedureKind)
    reason_class = models.CharField(_("motivo"), max_length=20, choices=ReasonClass, blank=True)
    outcome = models.CharField(_("esito"), max_length=10, choices=ProcedureOutcome, default=ProcedureOutcome.OPEN)
    closed_on = models.DateField(_("concluso il"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("deciso da"))

    class Meta:
        verbose_name = _("procedimento")
        verbose_name_plural = _("procedimenti")
        constraints = [
            models.CheckConstraint(condition=ONE_SUBJECT, name="certification_procedure_subject"),
            models.CheckConstraint(
                condition=Q(application__isnull=False, kind=ProcedureKind.REFUSAL, reason_class="")
                | Q(certificate__isnull=False) & ~Q(kind=ProcedureKind.REFUSAL) & ~Q(reason_class=""),
                name="certification_procedure_kind",
            ),
            models.CheckConstraint(
                condition=Q(outcome=ProcedureOutcome.OPEN, closed_on=None, decided_by=None)
                | ~Q(outcome=ProcedureOutcome.OPEN) & Q(closed_on__isnull=False, decided_by__isnull=False),
                name="certification_procedure_closed",
            ),
            models.UniqueConstraint(
                fields=["certificate"],
                condition=Q(outcome=ProcedureOutcome.OPEN),
                name="certification_procedure_one_open",
                violation_error_message=_("Su questo riconoscimento c'è già un procedimento in corso."),
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(outcome=ProcedureOutcome.OPEN),
                name="certification_procedure_one_refusal",
                violation_error_message=_("Su questa domanda c'è già un procedimento in corso."),
            ),
        ]

    @property
    def company(self) -> Company:
        subject = self.application or self.certificate
        assert subject
        return subject.company


class ProcedurePaper(AnyPaper, NetworkOwned):
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="papers", verbose_name=_("procedimento"))

    class Meta:
        verbose_name = _("carta del procedimento")
        verbose_name_plural = _("carte del procedimento")
        constraints = [
            models.UniqueConstraint(fields=["procedure", "kind"], name="certification_paper_once"),
            *AnyPaper.Meta.constraints,
        ]


class Appeal(Record, Versioned, NetworkOwned):
    """A company does not agree with a no: when it said so, by when it is answered, what came of it."""

    application = models.ForeignKey(
        Application, models.PROTECT, null=True, related_name="appeals", verbose_name=_("domanda di riconoscimento")
    )
    certificate = models.ForeignKey(Certificate, models.PROTECT, null=True, related_name="appeals", verbose_name=_("riconoscimento"))
    filed_on = models.DateField(_("arrivato il"))
    due_on = models.DateField(_("si risponde entro il"))
    words = models.TextField(_("che cosa dice l'impresa"))
    upload = models.ForeignKey("core.Upload", models.PROTECT, null=True, related_name="+", verbose_name=_("il suo foglio"))
    outcome = models.CharField(_("esito"), max_length=10, choices=AppealOutcome, default=AppealOutcome.PENDING)
    reason = models.TextField(_("perché"), blank=True)
    decided_on = models.DateField(_("deciso il"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("deciso da"))

    class Meta:
        verbose_name = _("ricorso")
        verbose_name_plural = _("ricorsi")
        constraints = [
            models.CheckConstraint(condition=ONE_SUBJECT, name="certification_appeal_subject"),
            models.CheckConstraint(
                condition=Q(outcome=AppealOutcome.PENDING, decided_on=None, decided_by=None)
                | ~Q(outcome=AppealOutcome.PENDING) & Q(decided_on__isnull=False, decided_by__isnull=False) & ~Q(reason=""),
                name="certification_appeal_decided",
            ),
            models.UniqueConstraint(
                fields=["application"], condition=Q(outcome=AppealOutcome.PENDING), name="certification_appeal_one_of_application"
            ),
            models.UniqueConstraint(
                fields=["certificate"], condition=Q(outcome=AppealOutcome.PENDING), name="certification_appeal_one_of_certificate"
            ),
        ]
