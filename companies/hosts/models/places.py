"""Places for people at a company, who takes them, and what the company says when it is asked."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from ..enums import HostingAnswer, HostingReason
from .companies import Company, Site


class Opening(Record, Versioned, NetworkOwned):
    """How many people a site welcomes at once, from a day to a day (or until it says otherwise). One statement of a site at a time."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="openings", verbose_name=_("impresa"))
    site = models.ForeignKey(Site, models.PROTECT, related_name="openings", verbose_name=_("sede"))
    places = models.PositiveSmallIntegerField(_("persone insieme"))
    starts_on = models.DateField(_("dal"))
    ends_on = models.DateField(_("al"), null=True, blank=True)
    words = models.CharField(_("per che cosa"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("posti offerti")
        verbose_name_plural = _("posti offerti")
        constraints = [
            models.CheckConstraint(
                condition=Q(places__gte=1), name="hosts_opening_places", violation_error_message=_("Serve almeno un posto.")
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="hosts_opening_dates",
                violation_error_message=_("L'ultimo giorno viene prima del primo."),
            ),
            ExclusionConstraint(
                name="hosts_opening_no_overlap",
                expressions=[
                    ("site", RangeOperators.EQUAL),
                    (
                        Func(
                            "starts_on", "ends_on", RangeBoundary(inclusive_upper=True), function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("In quei giorni questa sede ha già detto quanti posti ha: cambia quel numero."),
            ),
        ]


class HostingInterest(Record, NetworkOwned):
    """What a company answered on a day. The last one holds, the others tell how it went; no service changes one."""

    Answer = HostingAnswer

    company = models.ForeignKey(Company, models.PROTECT, related_name="interests", verbose_name=_("impresa"))
    answer = models.CharField(_("risposta"), max_length=5, choices=HostingAnswer)
    reason = models.CharField(_("motivo"), max_length=10, choices=HostingReason, blank=True)
    call_on = models.DateField(_("risentirla il"), null=True, blank=True)
    words = models.CharField(_("con parole sue"), max_length=300, blank=True)
    said_by = models.CharField(_("chi ha risposto"), max_length=120, blank=True)
    said_on = models.DateField(_("il"))

    class Meta:
        verbose_name = _("disponibilità a ospitare")
        verbose_name_plural = _("disponibilità a ospitare")
        constraints = [
            models.CheckConstraint(
                condition=Q(answer=HostingAnswer.YES, reason="") | (~Q(answer=HostingAnswer.YES) & ~Q(reason="")),
                name="hosts_interest_reason",
                violation_error_message=_("Per «non adesso» e «no» serve il motivo; per «sì» no."),
            ),
            models.CheckConstraint(
                condition=Q(answer=HostingAnswer.LATER, call_on__gt=F("said_on")) | (~Q(answer=HostingAnswer.LATER) & Q(call_on=None)),
                name="hosts_interest_call",
                violation_error_message=_("Per «non adesso» serve il giorno in cui risentirla, dopo quello della risposta."),
            ),
        ]
        indexes = [models.Index(fields=["company", "-said_on", "-id"], name="hosts_interest_last")]


class Taken(models.Model):
    """A place that somebody takes, in whatever Ambito of the network: a view that placements.agreements creates (docs/adr/0005).

    Companies and their tutors are the network's: how many they follow is counted across its Ambiti, by offices that see only their own
    people. It holds ids and days, and no more.
    """

    placement_id = models.BigIntegerField(primary_key=True)
    network_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    site_id = models.BigIntegerField()
    company_tutor_id = models.BigIntegerField(null=True)
    beneficiary_id = models.BigIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        managed = False
        db_table = "places_taken"
        verbose_name = _("posto occupato")
        verbose_name_plural = _("posti occupati")
