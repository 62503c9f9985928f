"""What the law wants around a placement: communications, safety of the person, places outside the seat, copies, no replacement of staff."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from companies.hosts.enums import RiskClass
from impresasolidale.core.models import AmbitoOwned, Record

from ..enums import CommunicationKind, CopyHolder, EvidenceKind, OutsideKind, Sender
from .placements import Placement


class Communication(Record, AmbitoOwned):
    """One line of the register of compulsory communications (L. 234/2021 art. 1 c. 724; rules 22, 23). Its state is computed."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="communications", verbose_name=_("tirocinio"))
    kind = models.CharField(_("che cosa comunica"), max_length=15, choices=CommunicationKind)
    about_on = models.DateField(_("giorno del fatto"))
    due_on = models.DateField(_("da inviare entro"))
    sender = models.CharField(_("chi la invia"), max_length=10, choices=Sender)
    exempt_motive = models.CharField(_("perché non è dovuta"), max_length=300, blank=True)
    sent_on = models.DateField(_("inviata il"), null=True, blank=True)
    code = models.CharField(_("codice della ricevuta"), max_length=40, blank=True)
    protocol = models.CharField(_("protocollo"), max_length=60, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("registrata da")
    )
    annulled_at = models.DateTimeField(_("annullata il"), null=True, editable=False)
    annulled_reason = models.CharField(_("perché è annullata"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("comunicazione obbligatoria")
        verbose_name_plural = _("comunicazioni obbligatorie")
        constraints = [
            models.UniqueConstraint(
                fields=["placement"],
                condition=Q(kind=CommunicationKind.START, annulled_at=None),
                name="agreements_communication_one_start",
                violation_error_message=_("La comunicazione d'inizio di questo tirocinio c'è già."),
            ),
            models.UniqueConstraint(
                fields=["placement", "kind", "about_on"],
                condition=Q(annulled_at=None),
                name="agreements_communication_once",
                violation_error_message=_("Questa comunicazione c'è già."),
            ),
            models.CheckConstraint(
                condition=Q(sent_on=None, code="", protocol="") | (Q(sent_on__isnull=False) & ~Q(code="")),
                name="agreements_communication_sent",
                violation_error_message=_("Scrivi il giorno dell'invio e il codice della ricevuta."),
            ),
            models.CheckConstraint(
                condition=(~Q(sender=Sender.EXEMPT) & Q(exempt_motive="")) | (Q(sender=Sender.EXEMPT, sent_on=None) & ~Q(exempt_motive="")),
                name="agreements_communication_exempt",
                violation_error_message=_("Scrivi perché la comunicazione non è dovuta."),
            ),
            models.CheckConstraint(
                condition=Q(annulled_at=None, annulled_reason="") | (Q(annulled_at__isnull=False) & ~Q(annulled_reason="")),
                name="agreements_communication_annulled",
            ),
        ]
        indexes = [
            models.Index(
                fields=["ambito", "due_on", "id"],
                condition=Q(sent_on=None, annulled_at=None) & ~Q(sender=Sender.EXEMPT),
                name="agreements_communications_open",
            ),
            models.Index(fields=["ambito", "-due_on", "-id"], name="agreements_communication_due"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it has still to go."""
        return self.sent_on is None and self.annulled_at is None and self.sender != Sender.EXEMPT


class SafetyEvidence(Record, AmbitoOwned):
    """Proof about a person, good for every placement: training done, or fitness found (rules 25, 26). No health data."""

    beneficiary = models.ForeignKey("beneficiaries.Beneficiary", models.PROTECT, related_name="safety_evidence", verbose_name=_("persona"))
    kind = models.CharField(_("che cosa"), max_length=10, choices=EvidenceKind)
    done_on = models.DateField(_("del"))
    hours = models.PositiveSmallIntegerField(_("ore"), null=True, blank=True)
    risk_class = models.CharField(_("classe di rischio"), max_length=6, choices=RiskClass, blank=True)
    valid_to = models.DateField(_("vale fino al"), null=True, blank=True)  # null: for ever
    provider = models.CharField(_("chi l'ha rilasciata"), max_length=120, blank=True)
    certificate = models.ForeignKey("core.Upload", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("attestato"))
    annulled_at = models.DateTimeField(_("annullata il"), null=True, editable=False)
    annulled_reason = models.CharField(_("perché è annullata"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("attestato di sicurezza")
        verbose_name_plural = _("attestati di sicurezza")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("done_on")),
                name="agreements_evidence_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            ),
            models.CheckConstraint(
                condition=Q(kind=EvidenceKind.FITNESS, hours=None, risk_class="")
                | Q(kind=EvidenceKind.GENERAL, hours__gt=0, risk_class="", valid_to=None)
                | (Q(kind=EvidenceKind.SPECIFIC, hours__gt=0, valid_to__isnull=False) & ~Q(risk_class="")),
                name="agreements_evidence_shape",
            ),
            models.CheckConstraint(
                condition=Q(annulled_at=None, annulled_reason="") | (Q(annulled_at__isnull=False) & ~Q(annulled_reason="")),
                name="agreements_evidence_annulled",
            ),
        ]
        indexes = [models.Index(fields=["beneficiary", "kind", "-done_on"], name="agreements_evidence_person")]


class OutsidePlace(Record, AmbitoOwned):
    """A place outside the seat where the person works, and the day the insurer was told (rule 21)."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="outside_places", verbose_name=_("tirocinio"))
    kind = models.CharField(_("perché fuori sede"), max_length=12, choices=OutsideKind)
    address = models.CharField(_("dove"), max_length=160)
    description = models.CharField(_("che cosa fa lì"), max_length=200, blank=True)
    told_on = models.DateField(_("assicuratore avvisato il"), null=True, blank=True)

    class Meta:
        verbose_name = _("luogo fuori sede")
        verbose_name_plural = _("luoghi fuori sede")


class CopyHanded(AmbitoOwned):
    """The day a paper's copy was handed to one of those who keep one (rule 30)."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="copies", verbose_name=_("tirocinio"))
    document = models.ForeignKey("core.Document", models.PROTECT, related_name="+", verbose_name=_("documento"))
    holder = models.CharField(_("a chi"), max_length=10, choices=CopyHolder)
    handed_on = models.DateField(_("consegnata il"))

    class Meta:
        verbose_name = _("copia consegnata")
        verbose_name_plural = _("copie consegnate")
        constraints = [models.UniqueConstraint(fields=["document", "holder"], name="agreements_copy_once")]


class BenefitCheck(Record, AmbitoOwned):
    """That the person was told what the allowance means for other benefits, and the placement written where inclusion income is followed
    (rules 43 and 44). Which benefits they are stands in the person's record alone."""

    placement = models.OneToOneField(Placement, models.CASCADE, related_name="benefit_check", verbose_name=_("tirocinio"))
    told_on = models.DateField(_("persona informata il"))
    noted_on = models.DateField(_("scritto in GePI il"), null=True, blank=True)

    class Meta:
        verbose_name = _("controllo sugli altri aiuti")
        verbose_name_plural = _("controlli sugli altri aiuti")


class ReplacementFlag(Record, AmbitoOwned):
    """Somebody saw that the person seems to stand in for staff (rule 27; L. 234/2021 c. 723). Open until it is looked into."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="replacement_flags", verbose_name=_("tirocinio"))
    raised_on = models.DateField(_("segnalata il"))
    reason = models.CharField(_("che cosa si è visto"), max_length=500)
    cleared_on = models.DateField(_("chiarita il"), null=True, blank=True)
    outcome = models.CharField(_("che cosa si è chiarito"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("segnalazione di sostituzione di personale")
        verbose_name_plural = _("segnalazioni di sostituzione di personale")
        constraints = [
            models.UniqueConstraint(
                fields=["placement"],
                condition=Q(cleared_on=None),
                name="agreements_replacement_one_open",
                violation_error_message=_("C'è già una segnalazione da chiarire su questo tirocinio."),
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & (Q(cleared_on=None, outcome="") | (Q(cleared_on__isnull=False) & ~Q(outcome=""))),
                name="agreements_replacement_reasons",
            ),
        ]
