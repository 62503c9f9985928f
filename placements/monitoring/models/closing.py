"""The final report of a placement, with a word for each goal."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Record, Versioned
from placements.agreements.models import Goal, Placement

from ..visit_enums import GoalWord


class FinalReport(Record, Versioned, AmbitoOwned):
    """The final report (rule 50; domain.md §2.5): the words of the office, kept encrypted. The figures are taken when it is issued;
    `document` is the paper in force, a corrected one takes its place."""

    placement = models.OneToOneField(Placement, models.PROTECT, related_name="final_report", verbose_name=_("tirocinio"))
    host_words = EncryptedTextField(_("il giudizio dell'impresa"), blank=True)
    person_words = EncryptedTextField(_("il giudizio della persona"), blank=True)
    helped = EncryptedTextField(_("che cosa ha aiutato"), blank=True)
    hard = EncryptedTextField(_("che cosa è stato difficile"), blank=True)
    proposals = EncryptedTextField(_("che cosa si propone"), blank=True)
    document = models.ForeignKey("core.Document", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("relazione"))

    class Meta:
        verbose_name = _("relazione finale")
        verbose_name_plural = _("relazioni finali")


class GoalResult(AmbitoOwned):
    """How one goal of the project went, in a word."""

    report = models.ForeignKey(FinalReport, models.CASCADE, related_name="goals", verbose_name=_("relazione"))
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="+", verbose_name=_("obiettivo"))
    word = models.CharField(_("com'è andato"), max_length=20, choices=GoalWord, default=GoalWord.NOT_ASSESSED)

    class Meta:
        verbose_name = _("risultato di un obiettivo")
        verbose_name_plural = _("risultati degli obiettivi")
        constraints = [models.UniqueConstraint(fields=["report", "goal"], name="monitoring_goalresult_once")]
