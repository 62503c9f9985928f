"""Places for people at a company, and who takes them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
