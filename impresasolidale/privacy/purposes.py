"""What the person's copy says around her data (Reg. UE 2016/679, art. 15.1), in plain words.

What is a proposal of ours, to be confirmed by the body, says so.
"""

# (title, lines). Italian: papers are in Italian.
ABOUT: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Perché usiamo questi dati",
        (
            "Per proporre, seguire e chiudere il tirocinio di inclusione, e per gli aiuti che lo accompagnano.",
            "Lo facciamo perché è un compito pubblico dei servizi sociali (Reg. UE 2016/679, art. 6.1.e e 9.2.g).",
        ),
    ),
    (
        "Da chi li abbiamo avuti",
        ("Da te, da chi ti rappresenta, dal servizio che ti segue e ti ha segnalato, dall'impresa dove sei, per le presenze.",),
    ),
    (
        "Chi li riceve",
        (
            "L'impresa che ti accoglie: solo quello che serve al tirocinio.",
            "L'INAIL e l'assicuratore, per la copertura; chi versa il contributo, per versarlo.",
            "La Regione e il Ministero, quando la legge chiede le comunicazioni; gli altri solo numeri, senza nomi.",
        ),
    ),
    (
        "Per quanto tempo li teniamo",
        ("Secondo il piano di conservazione dell'ente. Dove il piano non c'è ancora, i mesi scritti nel programma sono una proposta.",),
    ),
    (
        "Che cosa puoi chiedere",
        (
            "Di correggere quello che è sbagliato, di cancellare quello che non si deve tenere, di limitare un uso o di opporti.",
            "Se pensi che qualcosa non va, puoi scrivere al responsabile della protezione dei dati dell'ente,"
            " oppure fare un reclamo al Garante per la protezione dei dati personali.",
        ),
    ),
)
