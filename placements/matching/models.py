"""Compatibility sheets of both sides, and what came of them: proposals, trial visits, decisions.

A sheet is never edited: a new one is added, and the last counts.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.hosts.models import CompanyTutor, Site
from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, NetworkOwned, Record
from placements.agreements.models import Placement
from placements.beneficiaries.models import Beneficiary

from .enums import Ability, Facility, Impression, Item, Outcome, Presence, ProposalState, VisitState, Way

MOST_HOURS = 40  # a week: domain.md §9 rule 13
MOST_MINUTES = 180  # of one way


def _level(item: Item, choices: Any) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(item.label, choices=choices)


def _hours(name: Any) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(name, validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)])


def _codes(name: Any, choices: Any) -> ArrayField:
    return ArrayField(models.CharField(max_length=10, choices=choices), default=list, blank=True, verbose_name=name)


def _within_scale(table: str) -> models.CheckConstraint:
    within = Q(hours__range=(1, MOST_HOURS))
    for item in Item.values:
        within &= Q(**{f"{item}__range": (0, 2)})
    return models.CheckConstraint(
        condition=within, name=f"{table}_scale", violation_error_message=_("Una risposta della scheda non è fra quelle possibili.")
    )


class PersonSheet(Record, AmbitoOwned):
    """What a person manages at work today, in the ten items and around them. Capacities, never a diagnosis: there is no free text."""

    beneficiary = models.ForeignKey(Beneficiary, models.CASCADE, db_index=False, related_name="+", verbose_name=_("persona"))
    valid_from = models.DateField(_("vale dal"))
    lifting = _level(Item.LIFTING, Ability)
    standing = _level(Item.STANDING, Ability)
    noise = _level(Item.NOISE, Ability)
    public = _level(Item.PUBLIC, Ability)
    pace = _level(Item.PACE, Ability)
    writing = _level(Item.WRITING, Ability)
    tools = _level(Item.TOOLS, Ability)
    heights = _level(Item.HEIGHTS, Ability)
    weather = _level(Item.WEATHER, Ability)
    alone = _level(Item.ALONE, Ability)
    hours = _hours(_("ore alla settimana, al massimo"))
    travel_minutes = models.PositiveSmallIntegerField(_("minuti di viaggio, al massimo"))
    ways = _codes(_("come si sposta"), Way)
    needs = _codes(_("che cosa le serve"), Facility)

    class Meta:
        verbose_name = _("scheda di compatibilità della persona")
        verbose_name_plural = _("schede di compatibilità delle persone")
        constraints = [
            _within_scale("matching_personsheet"),
            models.CheckConstraint(
                condition=Q(travel_minutes__range=(1, MOST_MINUTES)) & ~Q(ways=[]),
                name="matching_personsheet_travel",
                violation_error_message=_("Serve come si sposta, e per quanto tempo."),
            ),
        ]
        indexes = [models.Index(fields=["beneficiary", "-id"], name="matching_personsheet_last")]


class SiteSheet(Record, NetworkOwned):
    """What there is in a day of work at a site, and how it can be adapted: `adaptations` has the words by code of enums.ADAPTABLE."""

    site = models.ForeignKey(Site, models.CASCADE, db_index=False, related_name="+", verbose_name=_("sede"))
    valid_from = models.DateField(_("vale dal"))
    lifting = _level(Item.LIFTING, Presence)
    standing = _level(Item.STANDING, Presence)
    noise = _level(Item.NOISE, Presence)
    public = _level(Item.PUBLIC, Presence)
    pace = _level(Item.PACE, Presence)
    writing = _level(Item.WRITING, Presence)
    tools = _level(Item.TOOLS, Presence)
    heights = _level(Item.HEIGHTS, Presence)
    weather = _level(Item.WEATHER, Presence)
    alone = _level(Item.ALONE, Presence)
    hours = _hours(_("ore alla settimana, almeno"))
    ways = _codes(_("come ci si arriva"), Way)
    offers = _codes(_("che cosa c’è"), Facility)
    adaptations = models.JSONField(_("come si può adattare"), default=dict, blank=True)

    class Meta:
        verbose_name = _("scheda di compatibilità della sede")
        verbose_name_plural = _("schede di compatibilità delle sedi")
        constraints = [
            _within_scale("matching_sitesheet"),
            models.CheckConstraint(
                condition=~Q(ways=[]),
                name="matching_sitesheet_ways",
                violation_error_message=_("Serve almeno un modo per arrivarci."),
            ),
        ]
        indexes = [models.Index(fields=["site", "-id"], name="matching_sitesheet_last")]


RUNNING = (ProposalState.OPEN.value, ProposalState.ACCEPTED.value)


class Proposal(Record, AmbitoOwned):
    """A site proposed to a person: the two sheets that were compared, what the person said, what is adapted.

    `adaptations`: what was agreed with the company, in words, by the code of what was compared (rules.Finding.code).
    `despite`: why it was proposed although something is a stop.
    """

    State = ProposalState

    beneficiary = models.ForeignKey(Beneficiary, models.PROTECT, related_name="proposals", verbose_name=_("persona"))
    site = models.ForeignKey(Site, models.PROTECT, related_name="proposals", verbose_name=_("sede"))
    company_tutor = models.ForeignKey(CompanyTutor, models.PROTECT, null=True, related_name="+", verbose_name=_("tutor aziendale"))
    person_sheet = models.ForeignKey(PersonSheet, models.PROTECT, related_name="+", verbose_name=_("scheda della persona"))
    site_sheet = models.ForeignKey(SiteSheet, models.PROTECT, related_name="+", verbose_name=_("scheda della sede"))
    travel_minutes = models.PositiveSmallIntegerField(_("minuti di viaggio, stima"), null=True)
    tasks = models.TextField(_("che cosa farebbe"), max_length=1000)
    adaptations = models.JSONField(_("che cosa si adatta"), default=dict, blank=True)
    despite = EncryptedTextField(_("perché proporla lo stesso"), blank=True)
    agreed_on = models.DateField(_("la persona vuole provare, detto il"))
    state = models.CharField(_("stato"), max_length=10, choices=ProposalState, default=ProposalState.OPEN, editable=False)
    placement = models.OneToOneField(
        Placement, models.PROTECT, null=True, editable=False, related_name="proposal", verbose_name=_("tirocinio")
    )

    class Meta:
        verbose_name = _("proposta di abbinamento")
        verbose_name_plural = _("proposte di abbinamento")
        constraints = [
            models.UniqueConstraint(
                fields=["beneficiary", "site"],
                condition=Q(state__in=RUNNING),
                name="matching_proposal_once",
                violation_error_message=_("Questa sede le è già stata proposta: la proposta è ancora in corso."),
            ),
            models.CheckConstraint(condition=Q(state="placed") ^ Q(placement=None), name="matching_proposal_placed"),
        ]
        indexes = [
            models.Index(fields=["ambito", "-id"], name="matching_proposals"),
            models.Index(fields=["site", "-id"], condition=Q(state__in=RUNNING), name="matching_proposals_at"),
        ]

    def __str__(self) -> str:
        return f"{self.site.company} · {self.site.name}"


class TrialVisit(Record, AmbitoOwned):
    """A look at the place before deciding: the person sees it and meets who works there. Nobody works."""

    State = VisitState

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="visits", verbose_name=_("proposta"))
    on = models.DateField(_("giorno"))
    starts_at = models.TimeField(_("ora"))
    companions = models.CharField(_("chi accompagna"), max_length=160)
    state = models.CharField(_("stato"), max_length=10, choices=VisitState, default=VisitState.PLANNED, editable=False)
    impression = models.CharField(_("com’è andata"), max_length=10, choices=Impression, blank=True, editable=False)
    person_words = EncryptedTextField(_("che cosa ne dice la persona"), blank=True)
    company_words = EncryptedTextField(_("che cosa ne dice l’impresa"), blank=True)

    class Meta:
        verbose_name = _("visita di prova")
        verbose_name_plural = _("visite di prova")
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(state="planned"),
                name="matching_trialvisit_once",
                violation_error_message=_("C’è già una visita in programma: raccontala o annullala prima."),
            ),
            models.CheckConstraint(condition=Q(state="done") ^ Q(impression=""), name="matching_trialvisit_told"),
        ]


class Decision(Record, AmbitoOwned):
    """Who met and what they decided of a proposal, with the person's own words (domain.md §2.5, *Abbinamento*). Append-only."""

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="decision", verbose_name=_("proposta"))
    held_on = models.DateField(_("data"))
    place = models.CharField(_("luogo"), max_length=120)
    participants = models.JSONField(_("presenti"))  # [[name, role], …]
    outcome = models.CharField(_("decisione"), max_length=5, choices=Outcome)
    person_words = EncryptedTextField(_("che cosa ne dice la persona"))
    reasons = EncryptedTextField(_("motivi"))
    document = models.OneToOneField("core.Document", models.PROTECT, related_name="+", verbose_name=_("verbale"))

    class Meta:
        verbose_name = _("decisione sull’abbinamento")
        verbose_name_plural = _("decisioni sugli abbinamenti")
