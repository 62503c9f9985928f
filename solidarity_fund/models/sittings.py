"""What the sittings of every commission have: who sits, the agenda, who stands aside, how it votes. Each commission owns its rows."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import Record, Versioned

from ..enums import SittingState


def member() -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("componente"))


class AnySitting(Record, Versioned):
    """Its minutes are approved by the president, never by who closed them."""

    number = models.CharField(_("numero"), max_length=20)  # "2026/000003", a series of the owner
    held_on = models.DateField(_("giorno"))
    starts_at = models.TimeField(_("ora"), null=True, blank=True)
    place = models.CharField(_("dove"), max_length=120)
    state = models.CharField(_("stato"), max_length=10, choices=SittingState, default=SittingState.PLANNED)
    president = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("presidente"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("verbale scritto da")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("verbale approvato da")
    )
    document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("verbale"))

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=SittingState.APPROVED) | Q(approved_by__isnull=False, closed_by__isnull=False),
                name="%(app_label)s_%(class)s_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("closed_by")),
                name="%(app_label)s_%(class)s_two_keys",
                violation_error_message=_("Chi ha scritto il verbale non lo approva."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class AnySeat(models.Model):
    """A member who is called to a sitting, and whether they were there."""

    member = member()
    is_present = models.BooleanField(_("presente"), default=False)

    class Meta:
        abstract = True


class AnyItem(Record):
    """One case on the agenda, in order; `quorum` and the votes are written down when it is closed."""

    position = models.PositiveSmallIntegerField(_("ordine"))
    reason = models.TextField(_("motivazione"), blank=True)
    quorum = models.PositiveSmallIntegerField(_("voti che servono"), null=True)
    votes_for = models.PositiveSmallIntegerField(_("a favore"), null=True)
    votes_against = models.PositiveSmallIntegerField(_("contro"), null=True)

    class Meta:
        abstract = True


class AnyAbstention(Record):
    """A member stands aside: from then on no opinion and no vote (a trigger), and no place in the quorum."""

    member = member()

    class Meta:
        abstract = True


class AnyVote(Record):
    """One vote on one case; `created_by` is who wrote it down, the member or the secretary."""

    member = member()
    in_favour = models.BooleanField(_("a favore"))

    class Meta:
        abstract = True
