"""The invented hosts: name, kind, trade, comune (cadastral code), staff. Names that no company of the valley bears."""

from typing import NamedTuple

from companies.hosts.enums import HostKind as K


class Host(NamedTuple):
    name: str
    kind: K
    trade: str  # key of texts.TRADES
    comune: str  # cadastral code
    staff: int


SONDRIO = (
    Host("Officina meccanica Bullone Allegro srl", K.FIRM, "officina", "I829", 46),
    Host("Falegnameria Truciolo d'Oro snc", K.FIRM, "falegnameria", "F393", 12),
    Host("Panificio Lievito Lento", K.FIRM, "panificio", "I829", 2),
    Host("Caseificio Malga Sottovento srl", K.FIRM, "caseificio", "L392", 18),
    Host("Cantina Terrazza del Ghiro", K.FARM, "cantina", "C651", 14),
    Host("Vivaio Primula Curiosa", K.FARM, "vivaio", "A787", 8),
    Host("Albergo Stella di Larice", K.FIRM, "albergo", "C628", 24),
    Host("Cooperativa sociale Il Gomitolo di Lana", K.COOPERATIVE_A, "rsa", "I829", 78),
    Host("Cooperativa sociale Radici e Semi (tipo B)", K.COOPERATIVE_B, "verde", "I829", 52),
    Host("Cooperativa sociale La Carriola Blu (tipo B)", K.COOPERATIVE_B, "lavanderia", "A172", 31),
    Host("Biblioteca civica dei Due Torchi", K.PUBLIC_BODY, "biblioteca", "I829", 11),
    Host("Comune di Chiuro", K.PUBLIC_BODY, "comune", "C651", 22),
    Host("Comune di Ponte in Valtellina", K.PUBLIC_BODY, "comune", "G829", 19),
    Host("Canile rifugio Coda che Dondola", K.ASSOCIATION, "canile", "G576", 6),
    Host("Supermercato Cesta Piena", K.FIRM, "negozio", "I829", 38),
    Host("Magazzino edile Mattone su Mattone srl", K.FIRM, "magazzino", "C325", 27),
    Host("Residenza per anziani Il Glicine Lento", K.COOPERATIVE_A, "rsa", "A787", 64),
    Host("Ciclofficina Ruota Quadra", K.ASSOCIATION, "ciclofficina", "I829", 4),
    Host("Azienda agricola Melo Parlante", K.FARM, "frutteto", "G829", 10),
)
TIRANO = (
    Host("Segheria Abete Canterino srl", K.FIRM, "segheria", "E200", 21),
    Host("Pizzoccheria e mensa Grano Nero", K.FIRM, "mensa", "L084", 13),
    Host("Cantina Sasso che Ride", K.FARM, "cantina", "A848", 9),
    Host("Frutticoltori Mela Rotonda società agricola", K.FARM, "frutteto", "L908", 33),
    Host("Cooperativa sociale Ponte di Corda (tipo B)", K.COOPERATIVE_B, "verde", "L175", 44),
    Host("Casa di riposo Pioppo Tranquillo", K.COOPERATIVE_A, "rsa", "L175", 58),
    Host("Comune di Tirano", K.PUBLIC_BODY, "comune", "L175", 61),
    Host("Comune di Grosio", K.PUBLIC_BODY, "comune", "E200", 29),
    Host("Tipografia Carta Velina snc", K.FIRM, "tipografia", "L175", 7),
    Host("Albergo Neve di Maggio", K.FIRM, "albergo", "A337", 19),
    Host("Emporio solidale Sporta Condivisa", K.ASSOCIATION, "negozio", "L175", 5),
    Host("Lavanderia Panno Bianco srl", K.FIRM, "lavanderia", "F070", 11),
)
MORBEGNO = (
    Host("Caseificio Bitto Sognatore srl", K.FIRM, "caseificio", "D990", 15),
    Host("Cooperativa agricola Prato in Piano", K.FARM, "vivaio", "L035", 24),
    Host("Cooperativa sociale Filo di Paglia (tipo B)", K.COOPERATIVE_B, "magazzino", "F712", 47),
    Host("Cooperativa sociale Porta Aperta (tipo A)", K.COOPERATIVE_A, "rsa", "D088", 35),
    Host("Biscottificio Zucchero e Nuvole", K.FIRM, "panificio", "F712", 28),
    Host("Officina carpenteria Ferro Dolce srl", K.FIRM, "officina", "L035", 32),
    Host("Segheria Nodo di Faggio", K.FIRM, "segheria", "A382", 13),
    Host("Comune di Morbegno", K.PUBLIC_BODY, "comune", "F712", 66),
    Host("Biblioteca intercomunale Segnalibro", K.PUBLIC_BODY, "biblioteca", "F712", 8),
    Host("Agriturismo Capra Gentile", K.FARM, "agriturismo", "C785", 7),
    Host("Canile Quattro Zampe in Fila", K.ASSOCIATION, "canile", "D266", 5),
    Host("Garden Foglia di Mirto srl", K.FIRM, "vivaio", "D377", 16),
    Host("Mensa scolastica Cucchiaio Lungo", K.COOPERATIVE_B, "mensa", "F712", 26),
)
OUTSIDE = (Host("Cantiere nautico Remo Storto srl", K.FIRM, "cantiere", "C839", 23),)
"""In Colico, province of Lecco: hosts may be anywhere (domain.md §0); it takes people of the Ambito of Morbegno."""
