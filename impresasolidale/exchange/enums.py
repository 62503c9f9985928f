from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ImportKind(TextChoices):
    """What the rows of a file are."""

    PEOPLE = "people", _("persone")
    COMPANIES = "companies", _("imprese e sedi")
    TUTORS = "tutors", _("tutor aziendali")
    PLACEMENTS = "placements", _("tirocini già in corso")
    ATTENDANCE = "attendance", _("presenze")


class ImportState(TextChoices):
    WAITING = "waiting", _("in lettura")
    REFUSED = "refused", _("non letto")
    READ = "read", _("colonne da abbinare")
    CHECKING = "checking", _("in controllo")
    CHECKED = "checked", _("da confermare")
    TAKING = "taking", _("si importa")
    TAKEN = "taken", _("importato")
    UNDOING = "undoing", _("si annulla")
    UNDONE = "undone", _("annullato")
    DROPPED = "dropped", _("lasciato perdere")


class RowOutcome(TextChoices):
    """What became of a row, so far."""

    WAITING = "waiting", _("da controllare")
    GOOD = "good", _("va bene")
    WRONG = "wrong", _("da correggere")
    PERHAPS = "perhaps", _("forse c'è già")
    KNOWN = "known", _("c'è già")
    TAKEN = "taken", _("importata")
    UNDONE = "undone", _("tolta di nuovo")
    KEPT = "kept", _("rimasta")


class TakeOutState(TextChoices):
    ASKED = "asked", _("da approvare")
    MAKING = "making", _("in preparazione")
    READY = "ready", _("da scaricare")
    GIVEN = "given", _("scaricata")
    GONE = "gone", _("scaduta")
    REFUSED = "refused", _("non approvata")


class SearchedList(TextChoices):
    """The lists whose searches are kept, by the name of their page."""

    PEOPLE = "beneficiaries:list", _("persone")
    PLACEMENTS = "agreements:list", _("tirocini")
    COMPANIES = "hosts:list", _("imprese")


class Process(TextChoices):
    """The processes of the regional electronic record (Cartella Sociale), in their order (rule 62)."""

    ACCESS = "A", _("accesso e orientamento")
    ASSESSMENT = "B", _("valutazione del bisogno")
    PROJECT = "C", _("elaborazione del progetto")
    COURSE = "D", _("attivazione e monitoraggio")
    END = "E", _("valutazione finale e chiusura")


class CodeTable(TextChoices):
    """What a code of ours stands for, where another system has its own."""

    KIND = "kind", _("prestazione")
    AREA = "area", _("area della persona")


class SiussArea(TextChoices):
    """The areas of the records of persons who are cared for (rule 72)."""

    SINBA = "SINBA", _("infanzia, adolescenza e famiglia (SINBA)")
    SINA = "SINA", _("disabilità e non autosufficienza (SINA)")
    SIP = "SIP", _("povertà ed esclusione (SIP)")


class NoticeOutcome(TextChoices):
    """Of what is told to another program."""

    WAITING = "waiting", _("da mandare")
    SENT = "sent", _("arrivato")
    FAILED = "failed", _("non arrivato")


class Fault(TextChoices):
    """Why a program was not reached, or did not take what it was told."""

    WRITTEN = "written", _("l'indirizzo non si legge")
    NAME = "name", _("nessuno ha questo nome in rete")
    INSIDE = "inside", _("l'indirizzo è di una rete interna")
    SILENT = "silent", _("non ha risposto in tempo")
    SAFETY = "safety", _("il certificato non va bene")
    CLOSED = "closed", _("la connessione non si apre")
    STATUS = "status", _("ha risposto di no")
    ELSEWHERE = "elsewhere", _("manda a un altro indirizzo")
    GONE = "gone", _("ha detto di non volerne più")
    OFF = "off", _("gli avvisi erano spenti")
    MISSING = "missing", _("quello di cui parla non c'è più")
