"""What is written in the demo's projects: trades with their tasks, goals, attentions. Warm, concrete, never a diagnosis."""

from typing import NamedTuple


class Trade(NamedTuple):
    sector: str  # in words
    ateco: str
    job: str  # of the company tutor
    tasks: tuple[str, ...]


TRADES: dict[str, Trade] = {
    "officina": Trade(
        "lavorazioni meccaniche",
        "25.53",
        "capo reparto",
        (
            "Preparare le scatole dei pezzi seguendo la scheda con le fotografie",
            "Tenere in ordine il banco e gli utensili a mano",
            "Pulire i pezzi finiti e contarli con un collega",
            "Etichettare i cassetti del magazzino",
        ),
    ),
    "falegnameria": Trade(
        "falegnameria",
        "16.23",
        "artigiano titolare",
        (
            "Carteggiare a mano i pezzi piccoli",
            "Dare l'olio di lino alle cornici",
            "Spazzare il laboratorio a fine mattina",
            "Scegliere e impilare le tavole per misura",
        ),
    ),
    "segheria": Trade(
        "segheria e legname",
        "16.11",
        "responsabile del piazzale",
        (
            "Legare i fasci di listelli",
            "Spazzare il piazzale lontano dalle macchine",
            "Riempire i sacchi di segatura per gli allevatori",
            "Contare le tavole in uscita insieme al tutor",
        ),
    ),
    "panificio": Trade(
        "panificio e biscottificio",
        "10.71",
        "capo laboratorio",
        (
            "Pesare farina e zucchero con la bilancia che parla",
            "Mettere i biscotti nelle scatole",
            "Preparare le ceste del pane per le consegne",
            "Lavare teglie e stampi",
        ),
    ),
    "caseificio": Trade(
        "lavorazione del latte",
        "10.51",
        "casaro",
        (
            "Lavare le fascere e rimetterle in ordine",
            "Girare e spazzolare le forme in cantina",
            "Incartare il burro",
            "Accogliere i bambini delle scuole insieme al tutor",
        ),
    ),
    "cantina": Trade(
        "viticoltura e cantina",
        "11.02",
        "cantiniere",
        (
            "Legare i tralci nella vigna bassa",
            "Etichettare le bottiglie",
            "Comporre i cartoni da sei",
            "Lavare le cassette dopo la vendemmia",
        ),
    ),
    "vivaio": Trade(
        "vivaio e serre",
        "01.30",
        "responsabile di serra",
        (
            "Rinvasare le piantine",
            "Annaffiare la serra piccola con il calendario a colori",
            "Preparare i cartellini dei prezzi",
            "Aiutare i clienti a portare le piante alla macchina",
        ),
    ),
    "frutteto": Trade(
        "frutticoltura",
        "01.24",
        "capo squadra",
        (
            "Cernere le mele sul nastro lento",
            "Preparare le cassette da consegnare",
            "Diradare i rami bassi con il gruppo",
            "Raccogliere da terra e tenere pulito il filare",
        ),
    ),
    "agriturismo": Trade(
        "agriturismo e capre",
        "55.20",
        "titolare",
        ("Dare il fieno alle capre", "Apparecchiare la sala", "Raccogliere le uova e segnarle sul quaderno", "Curare l'orto delle erbe"),
    ),
    "albergo": Trade(
        "albergo",
        "55.10",
        "governante",
        (
            "Rifare i letti in coppia con una collega",
            "Piegare la biancheria",
            "Preparare il carrello del piano",
            "Curare i fiori dell'ingresso",
        ),
    ),
    "mensa": Trade(
        "cucina e mensa",
        "56.22",
        "cuoca",
        (
            "Lavare e tagliare le verdure",
            "Preparare i vassoi",
            "Apparecchiare i tavoli dei bambini",
            "Sistemare la dispensa con le etichette a colori",
        ),
    ),
    "rsa": Trade(
        "casa per anziani",
        "87.30",
        "animatrice",
        (
            "Servire la merenda del pomeriggio",
            "Accompagnare gli ospiti in giardino",
            "Leggere il giornale ad alta voce in salone",
            "Aiutare nel laboratorio di pasta fresca",
        ),
    ),
    "verde": Trade(
        "cura del verde",
        "81.30",
        "capo squadra",
        (
            "Rastrellare le foglie nei parchi",
            "Tagliare l'erba con la squadra",
            "Curare le aiuole della rotonda",
            "Tenere puliti gli attrezzi",
        ),
    ),
    "lavanderia": Trade(
        "lavanderia",
        "96.10",
        "responsabile di reparto",
        ("Dividere la biancheria per colore", "Piegare asciugamani e lenzuola", "Preparare i pacchi per cliente", "Controllare i bottoni"),
    ),
    "biblioteca": Trade(
        "biblioteca",
        "91.11",
        "bibliotecaria",
        (
            "Rimettere i libri sugli scaffali dei ragazzi",
            "Foderare i libri nuovi",
            "Preparare l'angolo delle letture del sabato",
            "Accogliere chi restituisce i libri",
        ),
    ),
    "comune": Trade(
        "servizi comunali",
        "84.11",
        "responsabile dei servizi esterni",
        (
            "Consegnare la posta interna",
            "Curare le fioriere della piazza con l'operaio comunale",
            "Riordinare l'archivio delle fotografie",
            "Preparare la sala per gli incontri",
        ),
    ),
    "canile": Trade(
        "rifugio per cani",
        "96.99",
        "responsabile volontari",
        ("Preparare le ciotole", "Spazzolare i cani tranquilli", "Pulire i box con un volontario", "Passeggiare con i cani sul sentiero"),
    ),
    "negozio": Trade(
        "negozio di alimentari",
        "47.11",
        "capo negozio",
        (
            "Sistemare gli scaffali seguendo le date",
            "Preparare le borse della spesa a domicilio",
            "Raccogliere i cartoni",
            "Salutare e aiutare i clienti anziani",
        ),
    ),
    "magazzino": Trade(
        "magazzino e assemblaggio",
        "52.10",
        "responsabile di magazzino",
        (
            "Preparare gli ordini con la lista illustrata",
            "Incollare le etichette",
            "Contare le scorte con il lettore",
            "Comporre i sacchetti di viteria",
        ),
    ),
    "ciclofficina": Trade(
        "riparazione biciclette",
        "95.29",
        "meccanico",
        ("Smontare le bici donate", "Lavare telai e catene", "Gonfiare e controllare le gomme", "Tenere il quaderno delle bici pronte"),
    ),
    "tipografia": Trade(
        "stampa e legatoria",
        "18.12",
        "legatrice",
        (
            "Piegare i volantini",
            "Mettere in fila le pagine dei libretti",
            "Preparare i pacchi per le consegne",
            "Tagliare la carta di recupero per i blocchi",
        ),
    ),
    "cantiere": Trade(
        "rimessaggio di barche",
        "30.12",
        "capo cantiere",
        ("Lavare gli scafi a mano", "Arrotolare le cime", "Ordinare i salvagente per misura", "Spazzare il pontile"),
    ),
}

GOALS = (
    "Arrivare da solo in corriera entro tre mesi",
    "Salutare i colleghi ogni mattina e fermarsi alla pausa insieme a loro",
    "Chiedere aiuto al tutor quando una cosa non è chiara",
    "Restare in attività per due ore di fila, con una pausa scelta insieme",
    "Avvisare con una telefonata quando non si può venire",
    "Imparare bene due compiti e insegnarne uno a chi arriva dopo",
    "Usare da soli i guanti e le scarpe di sicurezza, senza che nessuno lo ricordi",
    "Preparare la sera prima lo zaino con quello che serve",
    "Mangiare in compagnia almeno una volta alla settimana",
    "Riconoscere quando si è stanchi e dirlo",
    "Tenere un quaderno con le cose imparate ogni settimana",
    "Parlare con i clienti con calma, anche nelle giornate piene",
    "Conoscere il paese: la posta, la biblioteca, il bar della piazza",
    "Rispettare l'orario concordato almeno quattro giorni su cinque",
    "Provare una cosa nuova al mese e raccontarla all'educatore",
    "Gestire da soli il contributo del mese con un piccolo bilancio",
    "Ritrovare il piacere di fare una cosa con le mani e vederla finita",
    "Costruire un'amicizia fuori dall'impresa: la squadra, il coro, l'oratorio",
)


# Why an allowance is exempt or taxed (rule 41).
EXEMPT = "Prevale la finalità assistenziale: l'inclusione e l'autonomia della persona."
TAXED = "Prevale l'attività svolta in impresa: la somma è reddito assimilato al lavoro dipendente."

ADAPTATIONS = (
    "",
    "",
    "Istruzioni con fotografie, una cosa alla volta.",
    "Pausa di dieci minuti ogni ora, in un posto tranquillo.",
    "Niente scale e niente carichi oltre i cinque chili.",
    "Un collega di riferimento quando il tutor non c'è.",
    "Avvisare il giorno prima se cambia il programma.",
    "Postazione lontana dai rumori forti.",
)
OUTSIDE = (
    "",
    "",
    "",
    "Consegne in paese con il furgone, sempre con un collega.",
    "Mercato del sabato, una volta al mese.",
    "Cura del verde nei parchi del comune.",
)
DETAILS: tuple[dict[str, str], ...] = (
    {
        "not_to_do": "Salire sulle scale a pioli, stare da sola al magazzino.",
        "protective_equipment": "Scarpe antiscivolo e grembiule, li dà l'impresa.",
        "facilities": "Armadietto e abiti da lavoro.",
        "travel": "Corriera fino alla fermata davanti alla sede.",
    },
    {"protective_equipment": "Guanti e cuffie, li dà l'impresa.", "travel": "A piedi, dieci minuti da casa."},
    {"not_to_do": "Usare macchine da taglio.", "facilities": "Abiti da lavoro dell'impresa."},
    {},
)
OUTSIDE_PLACES = {  # (agreements.OutsideKind, where)
    OUTSIDE[3]: ("deliveries", "clienti in paese, con il furgone"),
    OUTSIDE[4]: ("other", "piazza del mercato"),
    OUTSIDE[5]: ("yard", "parchi pubblici del comune"),
}

# Weekly patterns: (weekdays, hour, minute, minutes a day); 12 to 20 hours.
WEEKS = (
    ((0, 1, 2, 3), 8, 30, 240),
    ((0, 1, 2, 3, 4), 9, 0, 180),
    ((0, 2, 4), 8, 30, 240),
    ((0, 1, 2, 3, 4), 8, 30, 240),
    ((1, 2, 3, 4), 9, 0, 210),
    ((0, 2, 4), 9, 0, 300),
    ((0, 1, 3, 4), 14, 0, 180),
    ((1, 3, 5), 8, 0, 270),
)

REASONS_WITHDRAWN = (
    "La persona ha scelto un altro percorso insieme al servizio.",
    "L'impresa si sposta in un'altra valle: si cerca un posto più vicino.",
)
REASONS_EARLY = (
    "Trasferimento della famiglia in un'altra provincia.",
    "Ha trovato un impiego a tempo parziale in un'altra impresa.",
    "Obiettivi raggiunti prima del previsto, d'accordo con il servizio.",
    "Fatica troppo grande: si riparte da un percorso più leggero.",
)
REASON_SUSPENDED = "Pausa concordata con la persona, l'impresa e il servizio."
REASON_REJECTED = "Troppo lontano da casa, e senza un pullman agli orari giusti: si cerca un'impresa più vicina."
REASON_EXPIRED = "Dopo trenta giorni dalla data di inizio mancavano ancora delle firme."
NOTE_EVALUATED = "Valutazione finale fatta insieme, persona, tutor ed educatore: il foglio è nel fascicolo."
REASON_CANCELLED = "L'impresa ha chiuso il reparto prima dell'inizio."
