"""Evaluations in three voices, goals followed over time, and what the person answers to the final one (domain.md §2.4, §8.4; rule 49)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Record, Versioned
from placements.agreements.models import Goal, Placement

from ..evaluation_enums import EvaluationState, Given, Moment, Voice

S = EvaluationState


class QuestionSet(Record, AmbitoOwned):
    """One version of an office's own further questions, for its own voice alone. Its questions never change: a new version is a new row.

    `questions` is a list of {"code", "area", "text"}. The shipped sets stand in the code (questions.py).
    """

    name = models.CharField(_("nome"), max_length=80)
    version = models.PositiveSmallIntegerField(_("versione"))
    source = models.CharField(_("da dove vengono"), max_length=200)
    questions = models.JSONField(_("domande"), default=list)
    retired_on = models.DateField(_("non si usa più dal"), null=True, blank=True)

    class Meta:
        verbose_name = _("domande dell'ufficio")
        verbose_name_plural = _("domande dell'ufficio")
        constraints = [
            models.UniqueConstraint(
                fields=["ambito", "name", "version"],
                name="monitoring_questions_once",
                violation_error_message=_("Questa versione c'è già."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"


class Evaluation(Record, Versioned, AmbitoOwned):
    """One voice at one moment of a placement, with one frozen version of the questions (`questions`, its code).

    While it is asked its answers are a draft. Once given it never changes: a correction is another row, with its reason, and this one
    becomes `corrected`. The link of who answers without an account is kept as a hash.
    """

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="evaluations", verbose_name=_("tirocinio"))
    moment = models.CharField(_("momento"), max_length=12, choices=Moment)
    voice = models.CharField(_("voce"), max_length=8, choices=Voice)
    questions = models.CharField(_("domande"), max_length=40)
    state = models.CharField(_("stato"), max_length=10, choices=S, default=S.ASKED)
    asked_on = models.DateField(_("chiesta il"))
    due_on = models.DateField(_("entro il"))
    given_on = models.DateField(_("data il"), null=True)
    how = models.CharField(_("come è arrivata"), max_length=8, choices=Given, blank=True)
    who = models.CharField(_("chi ha risposto"), max_length=160, blank=True)
    comment = EncryptedTextField(_("con parole proprie"), blank=True)
    scan = models.ForeignKey("core.Upload", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("carta"))
    waived_why = models.CharField(_("perché non si fa"), max_length=300, blank=True)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, editable=False, related_name="correction", verbose_name=_("corregge")
    )
    correction_why = models.CharField(_("perché si corregge"), max_length=300, blank=True)
    token_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    link_expires_at = models.DateTimeField(_("il collegamento scade il"), null=True, editable=False)

    class Meta:
        verbose_name = _("valutazione")
        verbose_name_plural = _("valutazioni")
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "moment", "voice", "questions"],
                condition=~Q(state=S.CORRECTED),
                name="monitoring_evaluation_once",
                violation_error_message=_("Questa valutazione c'è già."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=(S.GIVEN, S.CORRECTED), given_on__isnull=False) & ~Q(how="")
                | Q(state__in=(S.ASKED, S.WAIVED), given_on=None, how=""),
                name="monitoring_evaluation_given",
            ),
            models.CheckConstraint(condition=~Q(state=S.WAIVED) | ~Q(waived_why=""), name="monitoring_evaluation_waived"),
            models.CheckConstraint(condition=Q(corrects=None) | ~Q(correction_why=""), name="monitoring_evaluation_correction"),
            models.CheckConstraint(condition=~Q(voice=Voice.HOST) | Q(moment=Moment.SATISFACTION), name="monitoring_evaluation_host"),
            models.CheckConstraint(condition=Q(due_on__gte=F("asked_on")), name="monitoring_evaluation_due"),
            models.CheckConstraint(
                condition=Q(token_hash=None) | Q(link_expires_at__isnull=False), name="monitoring_evaluation_link_expires"
            ),
        ]
        indexes = [
            models.Index(fields=["ambito", "due_on", "id"], condition=Q(state=S.ASKED), name="monitoring_evaluation_waiting"),
            models.Index(fields=["ambito", "-given_on", "-id"], condition=Q(state=S.GIVEN), name="monitoring_evaluation_latest"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state == S.ASKED


class EvaluationAnswer(AmbitoOwned):
    """One answer: a step of the set's own scale (1 to 4 in the shipped set, the least first), or none for «non so»."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="answers", verbose_name=_("valutazione"))
    item = models.CharField(_("domanda"), max_length=40)
    value = models.PositiveSmallIntegerField(_("risposta"), null=True)

    class Meta:
        verbose_name = _("risposta")
        verbose_name_plural = _("risposte")
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "item"], name="monitoring_answer_once"),
            models.CheckConstraint(
                condition=Q(value=None)
                | Q(value__range=(1, 4))
                | Q(item__startswith="dpcm", value=5)
                | Q(item__startswith="icf", value__in=(0, 8, 9)),
                name="monitoring_answer_scale",
                violation_error_message=_("Questa risposta non è fra quelle proposte."),
            ),
        ]


class GoalRating(AmbitoOwned):
    """How far a goal of the project in force is, for one voice: from -2, much less than expected, to +2, much more; none until said.

    The row is laid out when the evaluation is asked and keeps the goal's words: a later version that repeats them goes on with the same
    goal, whatever its row.
    """

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="ratings", verbose_name=_("valutazione"))
    goal = models.ForeignKey(Goal, models.SET_NULL, null=True, related_name="+", verbose_name=_("obiettivo"))
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("obiettivo"), max_length=240)
    value = models.SmallIntegerField(_("quanto è vicino"), null=True)

    class Meta:
        verbose_name = _("obiettivo valutato")
        verbose_name_plural = _("obiettivi valutati")
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "position"], name="monitoring_rating_once"),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__range=(-2, 2)),
                name="monitoring_rating_scale",
                violation_error_message=_("Questa risposta non è fra quelle proposte."),
            ),
        ]


class EvaluationOpinion(Record, AmbitoOwned):
    """Whether the person agrees with a final evaluation told to her in words. Said once; never changed."""

    evaluation = models.OneToOneField(Evaluation, models.PROTECT, related_name="opinion", verbose_name=_("valutazione"))
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="+", verbose_name=_("tirocinio"))
    agrees = models.BooleanField(_("è d'accordo"))
    comment = EncryptedTextField(_("che cosa ne dice"), blank=True)
    given_on = models.DateField(_("detto il"))
    how = models.CharField(_("come è arrivata"), max_length=8, choices=Given)

    class Meta:
        verbose_name = _("parere della persona")
        verbose_name_plural = _("pareri delle persone")
