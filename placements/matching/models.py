"""Compatibility sheets of both sides. A sheet is never edited: a new one is added, and the last counts."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.hosts.models import Site
from impresasolidale.core.models import AmbitoOwned, NetworkOwned, Record
from placements.beneficiaries.models import Beneficiary

from .enums import Ability, Facility, Item, Presence, Way

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
