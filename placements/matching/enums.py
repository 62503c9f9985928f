"""The words of both sides of a compatibility sheet."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Item(TextChoices):
    """Ten plain things of a workday, asked of the person and of the site with the same words."""

    LIFTING = "lifting", _("sollevare pesi")
    STANDING = "standing", _("stare in piedi a lungo")
    NOISE = "noise", _("rumore")
    PUBLIC = "public", _("parlare con il pubblico")
    PACE = "pace", _("ritmo veloce")
    WRITING = "writing", _("leggere e scrivere")
    TOOLS = "tools", _("usare attrezzi e macchine")
    HEIGHTS = "heights", _("salire in alto")
    WEATHER = "weather", _("lavorare all’aperto con ogni tempo")
    ALONE = "alone", _("lavorare senza nessuno accanto")


ITEM_HELP = {
    Item.LIFTING: _("Casse, sacchi, mobili: più di cinque chili, più volte al giorno."),
    Item.STANDING: _("Più di due ore senza sedersi."),
    Item.NOISE: _("Macchine, cucine, sale piene: per parlarsi si alza la voce."),
    Item.PUBLIC: _("Clienti, ospiti, telefono."),
    Item.PACE: _("Tempi decisi da altri: una linea, la fila alla cassa, il pranzo da servire."),
    Item.WRITING: _("Etichette, moduli, elenchi da spuntare."),
    Item.TOOLS: _("Trapano, tosaerba, affettatrice, carrello elevatore."),
    Item.HEIGHTS: _("Scale, impalcature, soppalchi."),
    Item.WEATHER: _("Freddo, caldo, pioggia, anche d’inverno."),
    Item.ALONE: _("Mezza giornata o più senza il tutor o un collega vicino."),
}


class Ability(IntegerChoices):
    """Of the person. With Presence it adds up: rules.item_grade."""

    CAN = 0, _("ce la fa")
    HELP = 1, _("con un aiuto")
    RATHER_NOT = 2, _("meglio di no")


class Presence(IntegerChoices):
    """Of the site."""

    NONE = 0, _("non c’è")
    SOME = 1, _("un po’")
    MUCH = 2, _("molto")


class Check(TextChoices):
    """What is compared beside the ten items."""

    HOURS = "hours", _("ore alla settimana")
    TRANSPORT = "transport", _("come ci si arriva")
    ACCESS = "access", _("accessibilità")
    DISTANCE = "distance", _("durata del viaggio")


ADAPTABLE = (*Item.values, Check.HOURS.value, Check.TRANSPORT.value, Check.ACCESS.value)  # what a site may say how it adapts


class Way(TextChoices):
    """How somebody moves, and how a site is reached."""

    FOOT = "foot", _("a piedi")
    BUS = "bus", _("in autobus o in treno")
    CAR = "car", _("con un mezzo proprio")
    DRIVEN = "driven", _("con qualcuno che accompagna")


class Facility(TextChoices):
    """What somebody needs to get in and to stay, and what a site has."""

    STEP_FREE = "step_free", _("nessun gradino")
    TOILET = "toilet", _("bagno accessibile")
    LIFT = "lift", _("ascensore")
    PARKING = "parking", _("parcheggio vicino all’entrata")
    QUIET = "quiet", _("un posto tranquillo per le pause")


class ProposalState(TextChoices):
    """The life of a proposal, from the idea to a placement that is drafted."""

    OPEN = "open", _("in corso")
    ACCEPTED = "accepted", _("decisa: si fa")
    REFUSED = "refused", _("decisa: non si fa")
    WITHDRAWN = "withdrawn", _("ritirata")
    PLACED = "placed", _("diventata tirocinio")


class VisitState(TextChoices):
    PLANNED = "planned", _("in programma")
    DONE = "done", _("fatta")
    CALLED_OFF = "called_off", _("annullata")


class Impression(TextChoices):
    """How a trial visit went, for the person and for the site together."""

    WELL = "well", _("bene")
    DOUBTS = "doubts", _("bene, con qualche dubbio")
    BADLY = "badly", _("non bene")


class Outcome(TextChoices):
    """Of the decision on a proposal."""

    YES = "yes", _("si fa: prepariamo il tirocinio")
    NO = "no", _("non si fa")
