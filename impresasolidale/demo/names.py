"""Invented people: first names, surnames and streets, and codes that are valid and belong to nobody we know of."""

from datetime import date, timedelta
from random import Random

WOMEN = (
    "Adele Agnese Alba Alessia Anita Annalisa Arianna Aurora Barbara Beatrice Bianca Camilla Carla Caterina Chiara Cinzia Clara "
    "Cristina Daniela Debora Diana Elena Elisa Emma Erica Eva Federica Fiorella Francesca Gaia Giada Ginevra Gioia Giorgia Giulia "
    "Greta Ilaria Irene Isabella Laura Letizia Lidia Lorenza Lucia Luisa Manuela Margherita Marina Marta Martina Matilde Michela "
    "Miriam Monica Nadia Nicoletta Noemi Norma Olga Ottavia Paola Patrizia Rachele Rebecca Renata Rita Roberta Rosa Sabrina Sara "
    "Serena Silvia Simona Sofia Stella Susanna Tecla Teresa Tiziana Valentina Vanessa Vera Veronica Viola Virginia Viviana"
).split()
MEN = (
    "Achille Adriano Alberto Aldo Alessandro Andrea Angelo Antonio Arturo Battista Bruno Carlo Claudio Corrado Damiano Daniele Dario "
    "Davide Diego Domenico Donato Edoardo Elia Emanuele Enea Enrico Ernesto Ettore Fabio Fabrizio Federico Felice Filippo Francesco "
    "Gabriele Gaetano Giacomo Gianni Gino Giorgio Giovanni Giulio Giuseppe Guido Ivano Leonardo Lino Livio Lorenzo Luca Luigi Manuel "
    "Marco Mario Martino Massimo Matteo Mattia Maurizio Mauro Michele Mirko Nicola Omar Orlando Oscar Osvaldo Paolo Pietro Renzo "
    "Riccardo Rino Roberto Rocco Romano Ruggero Samuele Sandro Saverio Sergio Silvano Simone Stefano Tommaso Ugo Umberto Valerio "
    "Vincenzo Vittorio Walter"
).split()
SURNAMES = (
    "Abbiati Acquistapace Bagiotti Balgera Barlascini Bassola Bertolatti Bettini Bianchini Bombardieri Bonadeo Bongiolatti Bordoni "
    "Bottà Bricalli Calvetti Camanni Caprari Cattaneo Cederna Ciapponi Codazzi Colombera Compagnoni Contessa Corlatti Cusini Dassogno "
    "Dell'Agosto Della_Valle Digoncelli Donadoni Erba Fancoli Fanchetti Ferrari Folini Franzina Fumasoni Gadola Gaggi Garbellini "
    "Gavazzi Ghilotti Gianoli Giugni Gusmeroli Iobizzi Lanzini Libera Locatelli Luzzi Maffescioli Maganetti Mainetti Marantelli "
    "Marchesini Mazzolini Menatti Mevio Moltoni Moratti Negrini Nesina Oreggioni Paganoni Palotti Pedranzini Pedrini Pelosi Perego "
    "Petrucci Piasini Pini Pizzatti Poletti Pontiggia Pruneri Quadrio Rabbiosi Raineri Redaelli Rigamonti Robustelli Romeri Rovedatti "
    "Ruffoni Sala Salinetti Scarafoni Schena Scherini Sertorelli Songini Spandrio Speziale Tavasci Togni Trabucchi Trivella Tudori "
    "Valbuzzi Valena Vanotti Varisto Venosta Vitali Volpini Zampatti Zecca Zugnoni"
).split()
STREETS = (
    "via dei Castagni",
    "via del Torchio",
    "via alla Fontana",
    "via Piazzola",
    "via San Rocco",
    "via delle Vigne",
    "via del Mulino",
    "via Vanoni",
    "via Nazionale",
    "via dei Prati",
    "vicolo del Forno",
    "via Roma",
    "via del Crotto",
    "via Stelvio",
    "piazza della Chiesa",
    "via dei Terrazzamenti",
    "via Valeriana",
    "contrada Alta",
    "via al Ponte",
    "via dell'Adda",
)
ABROAD = (  # country's cadastral code, sex, first name, surname
    ("Z129", "F", "Ioana", "Dumitrescu"),
    ("Z330", "M", "Youssef", "El Amrani"),
    ("Z100", "M", "Arben", "Hoxhaj"),
    ("Z138", "F", "Oksana", "Kovalenko"),
    ("Z343", "M", "Mamadou", "Ndiaye"),
    ("Z605", "F", "Lucía", "Zambrano"),
    ("Z330", "F", "Fatima", "Bennani"),
    ("Z335", "M", "Emeka", "Okonkwo"),
)
BIRTHPLACES = (("I829", 38), ("F712", 17), ("I828", 16), ("L175", 6), ("C623", 5), ("E507", 7), ("F205", 5), ("C933", 4), ("A794", 2))
"""Cadastral codes of comuni with a hospital, now or once, and how many in a hundred were born there."""


def full_name(rng: Random, sex: str) -> tuple[str, str]:
    """(first name, surname)."""
    return rng.choice(WOMEN if sex == "F" else MEN), rng.choice(SURNAMES).replace("_", " ")


def address(rng: Random) -> str:
    return f"{rng.choice(STREETS)}, {rng.randint(1, 88)}"


def phone(rng: Random, *, mobile: bool = True) -> str:
    """A number of a block that is not assigned."""
    return f"{'399' if mobile else '0342'} {rng.randint(100, 999)} {rng.randint(1000, 9999)}"


def birthday(rng: Random, today: date, years: int) -> date:
    """A birth date that makes somebody `years` old today."""
    return date(today.year - years, today.month, min(today.day, 28)) - timedelta(days=rng.randint(1, 300))


def codice_fiscale(first_name: str, last_name: str, sex: str, born_on: date, place_code: str) -> str:
    from codicefiscale import encode  # its tables are large

    return encode(
        lastname=last_name,
        firstname=first_name,
        gender="F" if sex == "F" else "M",
        birthdate=born_on.strftime("%d/%m/%Y"),
        birthplace=place_code,
    )


def partita_iva(serial: int) -> str:
    """A valid number of the province of Sondrio from a block far beyond those in use."""
    from stdnum import luhn

    body = f"9{serial:06d}014"
    return body + luhn.calc_check_digit(body)


def tax_code(serial: int) -> str:
    """A valid 11-digit code of a body or association that has no partita IVA."""
    from stdnum import luhn

    body = f"98{serial:05d}014"
    return body + luhn.calc_check_digit(body)
