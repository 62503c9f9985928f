"""The shipped questions: frozen versions, each with its own scale. A version in use never changes; a better one gets a new code.

One set is for everybody: at most twelve plain items over the areas that recur (domain.md §2.4), the same at every moment, each in three
wordings. The person and the tutor see words and faces, never numbers. Further sets are for the office alone and off until the rule book
names them (`evaluation_sets`); an office's own stand in `QuestionSet`, and the rule book names them all with one word (`OWN_ONES`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .evaluation_enums import Area, Voice

Words = Promise | str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a scale: its number in the database, its words, and the face a person or a tutor sees."""

    value: int
    words: Words
    face: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `person` is said by the person of herself, `tutor` of somebody else, `office` as a sheet does; `picture` is in
    core/pictures. A voice without a wording of its own reads the office's."""

    code: str
    area: str
    office: Words
    person: Words = ""
    tutor: Words = ""
    family: Words = ""
    host: Words = ""
    picture: str = ""

    def wording(self, voice: str) -> Words:
        """How this voice reads the question."""
        return {Voice.PERSON: self.person, Voice.TUTOR: self.tutor, Voice.FAMILY: self.family, Voice.HOST: self.host}.get(
            Voice(voice), ""
        ) or self.office


@dataclass(frozen=True, slots=True)
class Questions:
    """One version of a set of questions. `source` says where it comes from, and nothing that is not read in an act is called law."""

    code: str
    name: Words
    source: Words
    items: tuple[Item, ...]
    scale: tuple[Step, ...]
    office_only: bool = False
    by_code: Mapping[str, Item] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", MappingProxyType({item.code: item for item in self.items}))

    def words(self, value: int | None) -> str:
        """A stored answer in words; none is «non so»."""
        return next((str(step.words) for step in self.scale if step.value == value), str(DONT_KNOW))

    def face(self, value: int | None) -> str:
        return next((step.face for step in self.scale if step.value == value), "dont-know")

    def allows(self, value: int | None) -> bool:
        return value is None or any(step.value == value for step in self.scale)

    @property
    def most(self) -> int:
        return max(step.value for step in self.scale)


DONT_KNOW = _("non so")
HELP = (
    Step(1, _("con molto aiuto"), "face-1"),
    Step(2, _("con un po' di aiuto"), "face-2"),
    Step(3, _("quasi senza aiuto"), "face-3"),
    Step(4, _("senza aiuto"), "face-4"),
)
GLAD = (Step(1, _("no"), "face-1"), Step(2, _("così così"), "face-2"), Step(3, _("sì"), "face-4"))
CAPACITY = (
    Step(1, _("assente")),
    Step(2, _("minima")),
    Step(3, _("media")),
    Step(4, _("elevata")),
    Step(5, _("potenziale")),
)
QUALIFIERS = (
    Step(0, _("nessun problema")),
    Step(1, _("problema lieve")),
    Step(2, _("problema moderato")),
    Step(3, _("problema grave")),
    Step(4, _("problema completo")),
    Step(8, _("non specificato")),
    Step(9, _("non applicabile")),
)
GOAL_STEPS = (  # how far a goal is; the order of a scale of attainment, from -2 to +2
    Step(-2, _("molto lontano"), "face-1"),
    Step(-1, _("un po' lontano"), "face-2"),
    Step(0, _("come speravamo"), "face-3"),
    Step(1, _("meglio di come speravamo"), "face-4"),
    Step(2, _("molto meglio di come speravamo"), "star"),
)

BASE = Questions(
    code="base-1",
    name=_("Le dodici domande"),
    source=_("Aree ricorrenti nelle schede in uso; scelta dell'ufficio, da confermare"),
    scale=HELP,
    items=(
        Item(
            "arrive", Area.AUTONOMY, _("Arriva al tirocinio e torna a casa"), _("Arrivo al tirocinio e torno a casa."),
            _("Arriva e torna a casa."), picture="bus",
        ),
        Item(
            "care", Area.AUTONOMY, _("Cura la propria persona e le proprie cose"), _("Tengo in ordine me e le mie cose."),
            _("Tiene in ordine sé e le sue cose."), picture="mirror",
        ),
        Item(
            "time", Area.RULES, _("Rispetta gli orari e avvisa se manca"), _("Arrivo in orario. Se non vengo, avviso."),
            _("Arriva in orario e avvisa se manca."), picture="clock",
        ),
        Item(
            "rules", Area.RULES, _("Segue le regole del posto e la sicurezza"), _("Seguo le regole del posto."),
            _("Segue le regole, anche quelle di sicurezza."), picture="shield",
        ),
        Item(
            "understand", Area.TASKS, _("Capisce le consegne e le ricorda"), _("Capisco che cosa devo fare."),
            _("Capisce che cosa c'è da fare e lo ricorda."), picture="bulb",
        ),
        Item(
            "finish", Area.TASKS, _("Porta a termine le attività con cura"), _("Faccio bene le mie attività, fino alla fine."),
            _("Fa bene le attività, fino alla fine."), picture="hands",
        ),
        Item(
            "together", Area.RELATIONS, _("Sta con le persone del posto"), _("Sto bene con le persone del posto."),
            _("Sta bene con gli altri."), picture="people",
        ),
        Item(
            "ask", Area.RELATIONS, _("Chiede aiuto quando serve e accetta le osservazioni"), _("Chiedo aiuto quando mi serve."),
            _("Chiede aiuto e accetta un consiglio."), picture="ask",
        ),
        Item(
            "calm", Area.SELF, _("Gestisce le emozioni quando qualcosa va storto"), _("Resto in calma quando qualcosa va storto."),
            _("Resta in calma quando qualcosa va storto."), picture="heart",
        ),
        Item(
            "try", Area.SELF, _("Ha fiducia in sé e prova cose nuove"), _("Provo cose nuove."), _("Prova cose nuove."), picture="star",
        ),
        Item(
            "balance", Area.CONTEXT, _("Tiene insieme casa, salute e tirocinio"), _("Metto insieme la casa, la salute e il tirocinio."),
            _("Viene in buone condizioni: riposo, salute, casa."), picture="home",
        ),
        Item(
            "outside", Area.SOCIAL, _("Ha contatti e interessi fuori dal tirocinio"), _("Incontro persone anche fuori dal tirocinio."),
            _("Racconta di amici, di svago, del paese."), picture="outside",
        ),
    ),
)  # fmt: skip
HOW_IT_WAS = Questions(
    code="contento-1",
    name=_("Com'è stato"),
    source=_("Soddisfazione; scelta dell'ufficio"),
    scale=GLAD,
    items=(
        Item(
            "well", Area.RELATIONS, _("Al tirocinio stava bene"), _("Al tirocinio stavo bene?"),
            _("Ti ha fatto piacere seguire questa persona?"), _("Al tirocinio stava bene?"), _("L'impresa si è trovata bene?"),
            picture="people",
        ),
        Item(
            "useful", Area.SELF, _("Il tirocinio le è servito"), _("Il tirocinio mi è servito?"), _("Pensi che le sia servito?"),
            _("Pensa che le sia servito?"), _("È stato utile anche per l'impresa?"), picture="star",
        ),
        Item(
            "again", Area.SOCIAL, _("Lo rifarebbe"), _("Lo rifarei?"), _("Lo rifaresti?"), _("Lo consiglierebbe ad altri?"),
            _("Accogliereste un'altra persona?"), picture="hands",
        ),
    ),
)  # fmt: skip
_MIND = (
    ("learn", _("Apprendere e usare conoscenze")),
    ("behave", _("Comportamento positivo e di collaborazione")),
    ("stress", _("Affrontare la tensione del ritmo, dell'ambiente, del compito")),
    ("team", _("Attività in gruppo")),
    ("alone", _("Attività in autonomia")),
    ("supervised", _("Attività con qualcuno che guida")),
    ("self", _("Presentarsi e avere cura di sé")),
)
_TOLD = (("remember", _("Comprendere e ricordare informazioni")), ("tell", _("Trasmettere informazioni a parole")))
DPCM = Questions(
    code="dpcm-2000-1",
    name=_("Scheda delle capacità"),
    source=_("D.P.C.M. 13/01/2000, scheda per la definizione delle capacità: i primi due gruppi"),
    scale=CAPACITY,
    office_only=True,
    items=tuple(Item(f"dpcm-{code}", Area.TASKS, text) for code, text in (*_MIND, *_TOLD)),
)
_ICF: Sequence[tuple[str, str, Words]] = (
    ("d155", Area.TASKS, _("imparare abilità")),
    ("d210", Area.TASKS, _("un compito singolo")),
    ("d220", Area.TASKS, _("più compiti insieme")),
    ("d230", Area.AUTONOMY, _("la giornata con i suoi impegni")),
    ("d240", Area.SELF, _("la tensione e le richieste")),
    ("d350", Area.RELATIONS, _("conversare")),
    ("d470", Area.AUTONOMY, _("usare mezzi di trasporto")),
    ("d510", Area.AUTONOMY, _("lavarsi")),
    ("d540", Area.AUTONOMY, _("vestirsi")),
    ("d710", Area.RELATIONS, _("relazioni semplici")),
    ("d720", Area.RELATIONS, _("relazioni complesse")),
    ("d740", Area.RELATIONS, _("relazioni con chi ha un ruolo")),
    ("d910", Area.SOCIAL, _("vita nella comunità")),
)
ICF = Questions(
    code="icf-1",
    name=_("Qualificatori ICF"),
    source=_("Classificazione ICF dell'OMS: scelta dell'ufficio, da confermare; nessuna norma la chiede qui"),
    scale=QUALIFIERS,
    office_only=True,
    items=tuple(Item(f"icf-{code}", area, text) for code, area, text in _ICF),
)
SHIPPED: Mapping[str, Questions] = MappingProxyType({q.code: q for q in (BASE, HOW_IT_WAS, DPCM, ICF)})
OWN_ONES = "own"  # in the rule book: whatever the office has written and not retired
OWN = "own-"  # the code of an office's own version: own-<id of its row>


def own_code(pk: int) -> str:
    return f"{OWN}{pk}"


def own_questions(pk: int, name: str, version: int, source: str, questions: Sequence[Mapping[str, str]]) -> Questions:
    """An office's own version as the others are; its scale is that of the shipped set."""
    items = tuple(Item(f"own-{row['code']}", row["area"], row["text"]) for row in questions)
    return Questions(own_code(pk), f"{name} ({version})", source, items, HELP, office_only=True)
