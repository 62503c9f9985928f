"""Abstract bases every room's models stand on."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..scope import AmbitoManager, NetworkManager


class Record(models.Model):
    """A row with an address of its own: `public_id` stands in URLs, the API and file names; the number never does."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("creato il"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("creato da")
    )

    class Meta:
        abstract = True


class Versioned(models.Model):
    """A row edited by people in forms: the version they saw must still be the one in force."""

    row_version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class AmbitoOwned(models.Model):
    """Owned by one Ambito: people, placements, money. Every query needs a scope; row-level security is the second wall."""

    ambito = models.ForeignKey("territory.Ambito", models.PROTECT, related_name="+", editable=False, verbose_name=_("Ambito"))

    objects = AmbitoManager()

    class Meta:
        abstract = True


class ManyAmbitoOwned(AmbitoOwned):
    """The same for a table of millions. Its indexes begin with what it is read by; one of the Ambito alone would be taken beside them,
    and read whole."""

    ambito = models.ForeignKey(
        "territory.Ambito", models.PROTECT, related_name="+", editable=False, db_index=False, verbose_name=_("Ambito")
    )

    class Meta:
        abstract = True


class NetworkOwned(models.Model):
    """Owned by the network of Ambiti: companies, training, certificates, fund."""

    network = models.ForeignKey("territory.Network", models.PROTECT, related_name="+", editable=False, verbose_name=_("rete"))

    objects = NetworkManager()

    class Meta:
        abstract = True
