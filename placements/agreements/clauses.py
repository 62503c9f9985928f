"""The articles of our papers, in plain Italian. Part of the frozen context: the printed hash covers every word.

Contents from domain.md §2.1 and §2.2; sources are cited in the text. Legal papers have one language, so nothing here is translated.
"""

from typing import Any

Clause = dict[str, Any]

PREMISE = (
    "L'Accordo tra Governo e Regioni 7/CSR del 22 gennaio 2015 e la delibera della Regione Lombardia X/5451 del 25 luglio 2016 "
    "regolano i tirocini "
    "per l'inclusione sociale, l'autonomia delle persone e la riabilitazione. Il tirocinio riabilitativo risocializzante è uno di questi: "
    "offre a una persona seguita dai servizi un posto fra gli altri, tempi giusti e relazioni, perché stia meglio. L'assunzione "
    "non è il suo scopo."
)

# What a compulsory communication says of the placement, so that nobody takes it for an ordinary internship (rules 22 and 43).
COMMUNICATION_WORDS = (
    "Tirocinio finalizzato all'inclusione sociale, all'autonomia delle persone e alla riabilitazione (Accordo 7/CSR del 22 gennaio 2015)"
)

NOT_EMPLOYMENT = (
    "Il tirocinio non è un rapporto di lavoro e non lo diventa con il passare del tempo (Accordo 7/CSR del 2015).",
    "La persona in tirocinio non prende il posto di chi lavora in azienda: non sostituisce personale assente, non copre i momenti "
    "di maggiore attività e "
    "non conta per produrre di più. L'uso scorretto del tirocinio è punito con 50 euro per ogni persona e per ogni giorno "
    "(legge 234/2021, art. 1, comma 723).",
)


def framework_agreement(*, valid_from: str, valid_to: str, covers: list[str]) -> list[Clause]:
    """Articles of the convenzione quadro. Dates in words."""
    return [
        _clause(
            "Che cosa stabilisce",
            "L'impresa si rende disponibile ad accogliere persone in tirocinio riabilitativo risocializzante, scelte d'accordo con "
            "l'ente promotore. "
            "Questa è una convenzione quadro: vale per tutti i tirocini che cominciano nel suo periodo.",
            "Ogni tirocinio ha un suo progetto personalizzato, firmato da tutte le parti, che richiama questa convenzione. "
            "Senza il progetto firmato il tirocinio non comincia.",
        ),
        _clause("Non è un rapporto di lavoro", *NOT_EMPLOYMENT),
        _clause(
            "Che cosa fa l'ente promotore",
            "Assicura la persona. Indica un proprio tutor, che la incontra e resta in contatto con l'impresa. Prepara il progetto "
            "con la persona, con "
            "i servizi che la seguono e con l'impresa.",
            "Fa visita alla persona nel luogo del tirocinio, ascolta il tutor aziendale, interviene quando c'è una difficoltà. "
            "Alla fine prepara con "
            "l'impresa un'attestazione di quanto è stato fatto.",
        ),
        _clause(
            "Che cosa fa l'impresa",
            "Rispetta il progetto: attività, orari, adattamenti. Indica un tutor aziendale che accoglie la persona, la affianca "
            "ogni giorno e ne "
            "segna la presenza, e gli lascia il tempo per farlo.",
            "Avvisa subito l'ente promotore di ogni infortunio, assenza prolungata o difficoltà. Permette le visite dei servizi.",
            "L'impresa non sostiene costi per il contributo alla persona né per le assicurazioni.",
        ),
        _clause(
            "Che cosa fa la persona in tirocinio",
            "Svolge le attività del progetto, segue le indicazioni del tutor, rispetta le regole di igiene, di sicurezza e di "
            "riservatezza dell'impresa, "
            "e avvisa quando non può venire.",
        ),
        _clause(
            "Assicurazioni",
            "L'ente promotore assicura ogni persona contro gli infortuni (INAIL) e per la responsabilità civile verso terzi, per "
            "tutto il tirocinio "
            "e anche per le attività fuori sede scritte nel progetto o comunicate prima.",
            *([f"Alla data di questa convenzione: {'; '.join(covers)}."] if covers else []),
        ),
        _clause(
            "Salute e sicurezza",
            "Per la sicurezza la persona in tirocinio è come una lavoratrice o un lavoratore (D.Lgs. 81/2008, art. 2): l'impresa "
            "applica per intero quelle regole "
            "(legge 234/2021, art. 1, comma 725). Informa e forma la persona sui rischi delle attività, le dà i dispositivi di "
            "protezione e "
            "la fa visitare dal medico competente quando è previsto.",
        ),
        _clause(
            "Comunicazione obbligatoria",
            "Prima dell'inizio, per una proroga e per una chiusura anticipata si invia la comunicazione obbligatoria, quando è dovuta "
            "(legge 234/2021, art. 1, comma 724). La invia l'impresa, oppure l'ente promotore se l'impresa lo delega.",
        ),
        _clause(
            "Durata",
            f"La convenzione vale dal {valid_from} al {valid_to}. Si rinnova con una nuova convenzione firmata. I tirocini "
            f"cominciati entro "
            "quel giorno arrivano alla fine del loro progetto con le stesse regole.",
        ),
        _clause(
            "Recesso e chiusura di un tirocinio",
            "Ciascuna parte può recedere con una comunicazione scritta che dica il motivo. I tirocini in corso proseguono fino "
            "alla loro fine, a meno che "
            "continuare faccia danno alla persona o all'impresa.",
            "Un singolo tirocinio può chiudersi prima per scelta della persona, per un fatto grave, o quando le parti vedono insieme che "
            "il progetto non serve più. Chi lo chiede ne parla prima con l'altro tutor.",
        ),
        _clause(
            "Dati personali",
            "L'ente promotore e l'impresa trattano i dati della persona ciascuno per i propri compiti (Regolamento UE 2016/679). "
            "L'impresa riceve solo ciò che "
            "serve al tirocinio, mai notizie sulla salute o sulla storia della persona, e non parla con altri di quello che viene "
            "a sapere.",
        ),
        _clause(
            "Dichiarazioni",
            "Chi firma per l'impresa dichiara che i dati scritti qui sono veri e che nessuna persona in tirocinio sostituisce "
            "personale. Sa che le dichiarazioni "
            "false sono punite dalla legge (DPR 445/2000, art. 76).",
        ),
        _clause(
            "Copie, bollo, controversie",
            "L'ente promotore e l'impresa conservano ciascuno una copia; una copia va a ogni persona in tirocinio con il suo "
            "progetto. L'imposta di bollo, "
            "se è dovuta, segue le regole in vigore il giorno della firma.",
            "Se nasce un disaccordo le parti ne parlano prima fra loro. Se non basta, decide il giudice del luogo dove ha sede "
            "l'ente promotore.",
        ),
    ]


def single_agreement(*, person: str, site: str, starts_on: str, ends_on: str, covers: list[str]) -> list[Clause]:
    """Articles of a convenzione made for one placement: those of the framework, for one person and one period. Dates in words."""
    own = {
        "Che cosa stabilisce": _clause(
            "Che cosa stabilisce",
            f"L'impresa accoglie {person} in tirocinio riabilitativo risocializzante, presso {site}. Questa convenzione vale per questo "
            "tirocinio e per nessun altro.",
            "Attività, orario, obiettivi e contributo sono nel progetto personalizzato, firmato da tutte le parti, che richiama questa "
            "convenzione. Senza il progetto firmato il tirocinio non comincia.",
        ),
        "Durata": _clause(
            "Durata",
            f"La convenzione vale dal {starts_on} al {ends_on}. Se il tirocinio è prorogato con un documento firmato, vale fino alla nuova "
            "fine, con le stesse regole.",
        ),
        "Recesso e chiusura di un tirocinio": _clause(
            "Recesso e chiusura anticipata",
            "Ciascuna parte può recedere con una comunicazione scritta che dica il motivo. La persona può smettere quando vuole.",
            "Il tirocinio può chiudersi prima per scelta della persona, per un fatto grave, o quando le parti vedono insieme che il "
            "progetto non serve più. Chi lo chiede ne parla prima con l'altro tutor. Con il tirocinio finisce anche la convenzione.",
        ),
    }
    return [own.get(clause["title"], clause) for clause in framework_agreement(valid_from=starts_on, valid_to=ends_on, covers=covers)]


def personal_project(*, visits: str, person_signs: bool) -> list[Clause]:
    """The commitments at the end of a personal project."""
    return [
        _clause("Non è un rapporto di lavoro", *NOT_EMPLOYMENT),
        _clause(
            "Che cosa si impegna a fare ciascuno",
            "La persona svolge le attività di questo progetto, segue le indicazioni dei tutor, rispetta le regole di igiene, "
            "sicurezza e riservatezza "
            "e avvisa quando non può venire.",
            "Il tutor aziendale la accoglie, la affianca e segna ogni giorno la presenza. Il tutor dell'ente promotore "
            f"resta in contatto con tutti e fa visita: {visits}.",
            "Dopo un infortunio il tutor aziendale avvisa subito l'ente promotore.",
        ),
        _clause(
            "Cambiare, fermarsi, smettere",
            "Attività, orario, durata e contributo si cambiano solo con un nuovo documento firmato. Il tirocinio si può sospendere "
            "per un motivo serio: in quei "
            "giorni il contributo non matura.",
            "La persona può smettere quando vuole, dicendolo a uno dei due tutor. L'ente promotore e l'impresa possono chiudere "
            "prima, per iscritto e con "
            "il motivo.",
        ),
        _clause(
            "Dati personali",
            "La persona"
            + ("" if person_signs else ", o chi la rappresenta,")
            + " ha ricevuto l'informativa sulla privacy. L'impresa conosce solo quello che serve al "
            "tirocinio. Per foto e testimonianze serve un consenso a parte, che si può ritirare.",
        ),
        _clause(
            "Copie",
            "Ricevono una copia di questo progetto e della convenzione: la persona"
            + (" " if person_signs else ", chi la rappresenta, ")
            + "e l'impresa. L'ente promotore conserva l'originale.",
        ),
    ]


def _clause(title: str, *paragraphs: str) -> Clause:
    return {"title": title, "paragraphs": list(paragraphs)}
