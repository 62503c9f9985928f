"""How long things are kept, who is not to be discarded, and the lists of what may be."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record, Versioned

from ..enums import DiscardState, KeptFor, RetentionKind

_USER = settings.AUTH_USER_MODEL


class RetentionTerm(Record, AmbitoOwned):
    """How many months the office keeps one kind of record, with the act that says so; a change is a new row, and the last one holds.

    `months` None: for ever. Without a row the proposal of privacy.retention holds.
    """

    kind = models.CharField(_("che cosa"), max_length=15, choices=RetentionKind)
    months = models.PositiveSmallIntegerField(_("mesi"), null=True)
    act = models.CharField(_("atto"), max_length=160)

    class Meta:
        verbose_name = _("durata della conservazione")
        verbose_name_plural = _("durate della conservazione")
        constraints = [
            models.CheckConstraint(condition=Q(months=None) | Q(months__gte=12), name="privacy_term_a_year_at_least"),
            models.CheckConstraint(condition=~Q(act=""), name="privacy_term_act"),
        ]
        indexes = [models.Index(fields=["ambito", "kind", "-id"], name="privacy_term_last")]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class LegalHold(Record, Versioned, AmbitoOwned):
    """Nothing of this person is to be discarded, whatever the terms: an appeal, an inquiry. Until a day, or until it is lifted."""

    beneficiary = models.ForeignKey("beneficiaries.Beneficiary", models.PROTECT, related_name="+", verbose_name=_("persona"))
    reason = models.CharField(_("motivo"), max_length=500)
    until = models.DateField(_("fino al"), null=True, blank=True)
    lifted_on = models.DateField(_("tolto il"), null=True, editable=False)
    lifted_reason = models.CharField(_("perché è tolto"), max_length=500, blank=True, editable=False)

    class Meta:
        verbose_name = _("blocco dello scarto")
        verbose_name_plural = _("blocchi dello scarto")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="privacy_hold_reason"),
            models.CheckConstraint(
                condition=Q(lifted_on=None, lifted_reason="") | (Q(lifted_on__isnull=False) & ~Q(lifted_reason="")),
                name="privacy_hold_lifted",
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class DiscardList(Record, Versioned, AmbitoOwned):
    """Whose records of one kind may be discarded, counted on a day with the term of that day: prepared by one, approved by another.

    Approved with number and date of the act of the archival authority (D.Lgs. 42/2004, art. 21.1.d). `digest` freezes who is in it.
    `document` says what was done, once it is: how many and of what, and nobody's name.
    """

    kind = models.CharField(_("che cosa"), max_length=15, choices=RetentionKind)
    counted_on = models.DateField(_("contata il"))
    months = models.PositiveSmallIntegerField(_("mesi"))
    term_act = models.CharField(_("atto della durata"), max_length=160)
    people = models.PositiveIntegerField(_("persone"))
    state = models.CharField(_("stato"), max_length=10, choices=DiscardState, default=DiscardState.PREPARED)
    authority_act = models.CharField(_("numero dell'autorizzazione"), max_length=80, blank=True)
    authority_on = models.DateField(_("data dell'autorizzazione"), null=True)
    approved_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", verbose_name=_("approvata da"))
    approved_at = models.DateTimeField(_("approvata il"), null=True)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    started_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", verbose_name=_("avviata da"))
    started_at = models.DateTimeField(_("avviata il"), null=True)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, related_name="+", verbose_name=_("lavoro"))
    finished_at = models.DateTimeField(_("finita il"), null=True)
    document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("verbale"))

    class Meta:
        verbose_name = _("lista di scarto")
        verbose_name_plural = _("liste di scarto")
        constraints = [
            models.CheckConstraint(
                condition=Q(authority_act="", authority_on=None, approved_by=None, approved_at=None, digest="")
                & Q(state__in=["prepared", "withdrawn"])
                | ~Q(authority_act="")
                & ~Q(digest="")
                & Q(authority_on__isnull=False, approved_by__isnull=False, approved_at__isnull=False)
                & ~Q(state="prepared"),
                name="privacy_discard_approved",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "done"], started_by__isnull=False, started_at__isnull=False)
                | (~Q(state__in=["running", "done"]) & Q(started_by=None, started_at=None)),
                name="privacy_discard_started",
            ),
            models.CheckConstraint(
                condition=Q(state="done", finished_at__isnull=False, document__isnull=False)
                | (~Q(state="done") & Q(finished_at=None, document=None)),
                name="privacy_discard_finished",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | (Q(created_by__isnull=False) & ~Q(approved_by=F("created_by"))),
                name="privacy_discard_four_eyes",
                violation_error_message=_("La lista l'hai preparata tu: la approva un'altra persona."),
            ),
            models.CheckConstraint(condition=Q(people__gt=0) & ~Q(term_act=""), name="privacy_discard_whole"),
            models.UniqueConstraint(
                fields=["ambito", "kind"],
                condition=Q(state="prepared"),
                name="privacy_discard_one_prepared",
                violation_error_message=_("C'è già una lista preparata: approvala o ritirala prima."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class DiscardItem(AmbitoOwned):
    """One person of a list, with the last event from which the term was counted. Never changed."""

    discard = models.ForeignKey(DiscardList, models.PROTECT, related_name="items", verbose_name=_("lista"))
    beneficiary = models.ForeignKey("beneficiaries.Beneficiary", models.PROTECT, related_name="+", verbose_name=_("persona"))
    last_on = models.DateField(_("ultimo fatto"))

    class Meta:
        verbose_name = _("persona di una lista di scarto")
        verbose_name_plural = _("persone delle liste di scarto")
        constraints = [models.UniqueConstraint(fields=["discard", "beneficiary"], name="privacy_discard_item_once")]

    def __str__(self) -> str:
        return str(self.beneficiary)


class DiscardOutcome(AmbitoOwned):
    """What was done with one person of a list: discarded, or left alone with the reason. Never changed."""

    item = models.OneToOneField(DiscardItem, models.PROTECT, related_name="outcome", verbose_name=_("persona di una lista di scarto"))
    at = models.DateTimeField(_("quando"))
    is_done = models.BooleanField(_("scartata"))
    kept_for = models.CharField(_("perché resta"), max_length=10, choices=KeptFor, blank=True)
    rows = models.PositiveIntegerField(_("righe cambiate"), default=0)
    files = models.PositiveIntegerField(_("file cancellati"), default=0)

    class Meta:
        verbose_name = _("esito di uno scarto")
        verbose_name_plural = _("esiti degli scarti")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_done=True, kept_for="") | (Q(is_done=False, rows=0, files=0) & ~Q(kept_for="")), name="privacy_outcome_said"
            )
        ]

    def __str__(self) -> str:
        return str(self.item)
