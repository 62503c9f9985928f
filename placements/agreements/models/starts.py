"""Before the start: templates of a project, what was used elsewhere, what ran on paper, people handed over to another Ambito."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedJSONField
from impresasolidale.core.models import AmbitoOwned, Record, Versioned
from impresasolidale.core.scope import current

from ..enums import AllowanceModel, HandOverState
from .placements import Placement


class ProjectTemplate(Record, Versioned, AmbitoOwned):
    """A project to begin from: what the office writes again and again. It is copied into the draft; nothing points back to it."""

    name = models.CharField(_("nome del modello"), max_length=80)
    tasks = models.TextField(_("che cosa farà"), max_length=3000)
    goals = ArrayField(models.CharField(max_length=240), default=list, verbose_name=_("obiettivi"))
    adaptations = models.TextField(_("adattamenti e attenzioni"), max_length=3000, blank=True)
    week = models.JSONField(_("la settimana"), default=list)  # [[weekday, "09:00", minutes], …]; 0 is Monday
    allowance_model = models.CharField(_("contributo motivazionale"), max_length=20, choices=AllowanceModel)
    allowance_amount = models.DecimalField(
        _("importo in euro"), max_digits=8, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    is_retired = models.BooleanField(_("non si usa più"), default=False)

    class Meta:
        verbose_name = _("modello di progetto")
        verbose_name_plural = _("modelli di progetto")
        constraints = [
            models.UniqueConstraint(
                fields=["ambito", "name"],
                name="agreements_template_once",
                violation_error_message=_("C'è già un modello con questo nome."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class DeclaredUse(Record, AmbitoOwned):
    """Months, hours and allowances of a person that this application did not see, as somebody declared them (rules 7, 8 and 46)."""

    beneficiary = models.ForeignKey("beneficiaries.Beneficiary", models.PROTECT, related_name="declared_uses", verbose_name=_("persona"))
    placement = models.ForeignKey(
        Placement, models.PROTECT, null=True, related_name="declared_uses", verbose_name=_("tirocinio")
    )  # the one with which it was told
    months = models.PositiveSmallIntegerField(_("mesi già usati in altri tirocini"), default=0)
    minutes = models.PositiveIntegerField(_("minuti già fatti"), default=0)
    year = models.PositiveSmallIntegerField(_("anno dei contributi"))
    amount = models.DecimalField(_("contributi già versati in euro"), max_digits=9, decimal_places=2, default=0)
    source = models.CharField(_("da dove lo sappiamo"), max_length=200)
    said_on = models.DateField(_("dichiarato il"))

    class Meta:
        verbose_name = _("uso dichiarato")
        verbose_name_plural = _("usi dichiarati")
        constraints = [
            models.CheckConstraint(condition=~Q(source=""), name="agreements_declareduse_source"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="agreements_declareduse_amount"),
        ]
        indexes = [models.Index(fields=["beneficiary"], name="agreements_declared_of")]


class PaperStart(Record, AmbitoOwned):
    """How an inherited placement came in: the signed papers by scan, with their day and protocol. One that came from a file has its scan
    later."""

    placement = models.OneToOneField(Placement, models.CASCADE, related_name="paper_start", verbose_name=_("tirocinio"))
    scan = models.ForeignKey("core.Upload", models.PROTECT, null=True, related_name="+", verbose_name=_("carte firmate"))
    signed_on = models.DateField(_("firmate il"))
    protocol = models.CharField(_("protocollo"), max_length=60)
    note = models.CharField(_("nota"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("tirocinio ereditato")
        verbose_name_plural = _("tirocini ereditati")


class HandOverManager(models.Manager):
    """Rows that either of the two Ambiti reaches; raises outside a scope."""

    def get_queryset(self) -> models.QuerySet:
        now = current()
        rows = super().get_queryset()
        return rows if now.everything else rows.filter(Q(ambito_id__in=now.ambiti) | Q(to_ambito_id__in=now.ambiti))


class HandOver(Record, AmbitoOwned):
    """A person passes from one Ambito (`ambito`) to another: nothing changes owner, both see this row and what it froze (house.md §3)."""

    to_ambito = models.ForeignKey("territory.Ambito", models.PROTECT, related_name="+", verbose_name=_("Ambito che riceve"))
    beneficiary = models.ForeignKey("beneficiaries.Beneficiary", models.PROTECT, related_name="hand_overs", verbose_name=_("persona"))
    placement = models.ForeignKey(Placement, models.PROTECT, null=True, related_name="hand_overs", verbose_name=_("tirocinio"))
    state = models.CharField(_("stato"), max_length=10, choices=HandOverState, default=HandOverState.OFFERED)
    reason = models.CharField(_("perché passa"), max_length=300)
    informed_on = models.DateField(_("la persona lo sa e ha detto sì il"))
    last_day = models.DateField(_("ultimo giorno qui"))
    content: Any = EncryptedJSONField(_("che cosa si consegna"))
    document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("documento"))
    answered_on = models.DateField(_("risposta del"), null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("risposta di"))
    answer = models.CharField(_("motivo della risposta"), max_length=500, blank=True)
    closed_on = models.DateField(_("tirocinio chiuso qui il"), null=True)
    # In the Ambito that receives
    new_beneficiary = models.ForeignKey(
        "beneficiaries.Beneficiary", models.PROTECT, null=True, related_name="arrivals", verbose_name=_("la sua scheda di là")
    )
    new_placement = models.ForeignKey(Placement, models.PROTECT, null=True, related_name="arrivals", verbose_name=_("la bozza di là"))

    objects: ClassVar[models.Manager] = HandOverManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("passaggio di una persona")
        verbose_name_plural = _("passaggi di persone")
        constraints = [
            models.CheckConstraint(
                condition=~Q(to_ambito=F("ambito")),
                name="agreements_handover_elsewhere",
                violation_error_message=_("Scegli un altro Ambito."),
            ),
            models.CheckConstraint(
                condition=~Q(state=HandOverState.ACCEPTED) | Q(new_beneficiary__isnull=False), name="agreements_handover_accepted"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[HandOverState.DECLINED, HandOverState.WITHDRAWN]) | ~Q(answer=""),
                name="agreements_handover_answered",
            ),
            models.UniqueConstraint(
                fields=["beneficiary"],
                condition=Q(state=HandOverState.OFFERED),
                name="agreements_handover_one_open",
                violation_error_message=_("Per questa persona c'è già un passaggio in attesa di risposta."),
            ),
        ]
        indexes = [
            models.Index(fields=["ambito", "-id"], name="agreements_handover_from"),
            models.Index(fields=["to_ambito", "-id"], name="agreements_handover_to"),
        ]
