"""The catalogue of the 92 rules (domain.md §9): what each says, where it comes from, how sure we are, how it ships.

Titles are what a social worker reads. `action` is the table's: B block, W warn, F field or paper required, C compute,
N notify, — nothing to do. Shipped severity: unconfirmed rules warn, the start light follows house.md §3; computed and
notifying rules ship as warn (they act and let you go on). A `fixed` rule is built into the program: nobody can soften it.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .enums import Confidence, RuleKind, Severity


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """One rule; `values` are the attributes of `Rules` that tune it."""

    number: int
    title: Promise
    source: str
    kind: RuleKind
    action: str
    confidence: Confidence
    severity: Severity
    values: tuple[str, ...] = ()
    fixed: bool = False

    @property
    def is_law(self) -> bool:
        """Whether the rule may be shown as law: a legal duty that was read in its source."""
        return self.kind is RuleKind.HARD and self.confidence is Confidence.READ


H, R, L, K, G = RuleKind.HARD, RuleKind.REGIONAL, RuleKind.LOCAL, RuleKind.FUNDER, RuleKind.PRACTICE
READ, INDIRECT, DERIVED, UNCONFIRMED = Confidence.READ, Confidence.INDIRECT, Confidence.DERIVED, Confidence.UNCONFIRMED
BLOCK, WARN, OFF = Severity.BLOCK, Severity.WARN, Severity.OFF

_ALL = (
    # Agreement, project, person
    RuleInfo(
        1, _("Convenzione firmata e valida dal giorno di inizio"), "DGR X/5451 (2016)", H, "B", READ, BLOCK, ("framework_reminder_days",)
    ),
    RuleInfo(
        2,
        _("Progetto personalizzato firmato da tutte le parti"),
        "7/CSR (2015); DGR X/5451",
        H,
        "B",
        READ,
        BLOCK,
        (
            "project_signers",
            "paper_levels",
            "drawn_process",
            "short_messages",
            "link_valid_days",
            "resend_after_hours",
            "unsigned_expiry_days",
            "draft_expiry_days",
        ),
    ),
    RuleInfo(3, _("Progetto fondato sulla valutazione del servizio sociale"), "DGR X/5451", H, "F", READ, WARN),
    RuleInfo(4, _("Persona in carico a un servizio per tutto il periodo"), "7/CSR (2015)", H, "B", READ, BLOCK),
    RuleInfo(5, _("Età minima e obbligo scolastico assolto"), "DGR X/7763 (2018)", R, "B", READ, WARN, ("minimum_age",)),
    RuleInfo(
        6,
        _("Per un minore o una persona con tutore firma anche il rappresentante"),
        "Kit stage Assolombarda",
        H,
        "B",
        READ,
        BLOCK,
        ("representative_reminder_days",),
    ),
    RuleInfo(7, _("Durata complessiva del percorso"), "7/CSR (2015)", R, "W B", READ, WARN, ("max_months", "warn_months")),
    RuleInfo(8, _("Oltre la durata massima serve l’attestazione del servizio"), "7/CSR (2015); Veneto DGR 631/2023", H, "F", READ, BLOCK),
    RuleInfo(9, _("Durata minima del tirocinio"), "DGR X/7763, sintesi", R, "—", INDIRECT, OFF, ("min_months",)),
    RuleInfo(10, _("Durata di un singolo progetto"), "—", L, "W", UNCONFIRMED, WARN, ("project_period_months",)),
    RuleInfo(11, _("Nuovo progetto uguale nella stessa azienda, con parere favorevole"), "Regione Emilia-Romagna", L, "W", INDIRECT, WARN),
    RuleInfo(
        12, _("Un solo tirocinio attivo per persona"), "Regione Marche; DGR X/7763", L, "W", INDIRECT, WARN, ("parallel_weekly_hours",)
    ),
    RuleInfo(13, _("Ore alla settimana"), "Kit stage Assolombarda; Scurcola Marsicana", L, "W", INDIRECT, WARN, ("weekly_hours_cap",)),
    RuleInfo(14, _("Orario scritto giorno per giorno"), "Kit stage Assolombarda", R, "F", READ, WARN, ("daily_hours_cap",)),
    RuleInfo(
        15,
        _("Quante persone può accogliere un’azienda"),
        "DGR X/7763; DM 142/1998",
        R,
        "W",
        UNCONFIRMED,
        WARN,
        ("host_size_limits", "host_large_percent"),
    ),
    RuleInfo(16, _("Quante persone segue un tutor aziendale"), "—", L, "W", UNCONFIRMED, WARN, ("trainees_per_tutor",)),
    RuleInfo(17, _("Quante persone segue un tutor del promotore"), "—", L, "W", UNCONFIRMED, WARN, ("trainees_per_promoter_tutor",)),
    RuleInfo(
        18, _("Due tutor con nome e cognome, diversi fra loro e disponibili"), "7/CSR; kit stage Assolombarda", R, "F", UNCONFIRMED, WARN
    ),
    # Cover, communication, safety
    RuleInfo(19, _("Copertura INAIL attiva prima dell’inizio"), "DM 142/1998; INAIL", H, "B", READ, BLOCK, ("inail_insurer",)),
    RuleInfo(
        20,
        _("Polizza di responsabilità civile valida per tutto il periodo"),
        "DM 142/1998",
        H,
        "B N",
        READ,
        BLOCK,
        ("liability_insurer", "liability_reminder_days"),
    ),
    RuleInfo(21, _("Attività fuori sede scritte nel progetto o avvisate prima"), "Brescia scuola lavoro", R, "W", READ, WARN),
    RuleInfo(
        22,
        _("Comunicazione obbligatoria inviata prima dell’inizio"),
        "L. 234/2021 art. 1 c. 724",
        H,
        "B W",
        UNCONFIRMED,
        WARN,
        ("communication_extension_days",),
    ),
    RuleInfo(23, _("Chi invia la comunicazione obbligatoria"), "—", L, "F", UNCONFIRMED, WARN, ("communication_sender",)),
    RuleInfo(24, _("Dati sulla sicurezza dell’azienda e formazione data"), "L. 234/2021 art. 1 c. 725", H, "F", READ, WARN),
    RuleInfo(
        25,
        _("Ore di formazione sulla sicurezza secondo il rischio"),
        "Accordo Stato-Regioni",
        R,
        "W",
        UNCONFIRMED,
        WARN,
        ("safety_hours_general", "safety_hours_low", "safety_hours_medium", "safety_hours_high", "safety_specific_years"),
    ),
    RuleInfo(
        26,
        _("Visita medica quando è prevista la sorveglianza sanitaria"),
        "D.Lgs. 81/2008",
        H,
        "F",
        UNCONFIRMED,
        WARN,
        ("fitness_reminder_days",),
    ),
    RuleInfo(27, _("L’azienda dichiara che nessuno viene sostituito"), "L. 234/2021 art. 1 c. 723", H, "F W", READ, WARN),
    RuleInfo(28, _("Nelle carte è scritto che non è un rapporto di lavoro"), "7/CSR (2015)", H, "F", READ, BLOCK),
    RuleInfo(29, _("Nella convenzione c’è la dichiarazione sulle false attestazioni"), "DPR 445/2000 art. 76", R, "F", READ, WARN),
    RuleInfo(30, _("Copie consegnate ad azienda, promotore e persona"), "Kit stage Assolombarda", R, "F", READ, WARN),
    # Attendance and allowance
    RuleInfo(
        31,
        _("Riepilogo del mese confermato da tutor e promotore"),
        "—",
        L,
        "W",
        UNCONFIRMED,
        WARN,
        ("sheet_day_of_next_month", "sheet_office_days", "paper_signatures", "portal_links", "portal_link_days", "portal_link_weekly"),
    ),
    RuleInfo(
        32, _("Nessuna ora fuori dal periodo, in sospensione o oltre il tetto"), "—", G, "B W", DERIVED, WARN, ("travel_minutes_credit",)
    ),
    RuleInfo(33, _("Assenze scelte da un elenco, senza notizie sulla salute"), "GDPR, minimizzazione", G, "F", DERIVED, BLOCK, fixed=True),
    RuleInfo(34, _("Il contributo dovuto viene versato"), "L. 234/2021 art. 1 c. 722", H, "N", READ, WARN, ("month_falls_due",)),
    RuleInfo(
        35,
        _("Contributo fissato nel progetto, si cambia solo con un atto firmato"),
        "DGR X/5451",
        H,
        "F",
        READ,
        BLOCK,
        ("allowance_model",),
    ),
    RuleInfo(
        36,
        _("Presenza che dà diritto al contributo intero"),
        "Marche; DGR X/7763",
        L,
        "C",
        INDIRECT,
        WARN,
        ("attendance_threshold_percent", "part_month"),
    ),
    RuleInfo(37, _("Contributo sotto la soglia di presenza"), "DGR X/7763", L, "C", INDIRECT, WARN, ("below_threshold", "allowance_floor")),
    RuleInfo(
        38,
        _("Contributo massimo al mese"),
        "Toscana DGR 620/2020; DGR X/7763",
        L,
        "W",
        INDIRECT,
        WARN,
        (
            *("allowance_ceiling", "allowance_ceiling_with_meals", "allowance_ceiling_short_day", "short_day_hours"),
            *("meals_reduction", "transport_reduction"),
        ),
    ),
    RuleInfo(39, _("Contributo per fasce di ore"), "Emilia-Romagna DGR 1143/2019", L, "C", INDIRECT, WARN, ("allowance_bands",)),
    RuleInfo(40, _("Nessun contributo durante la sospensione"), "DGR X/7763", R, "C", INDIRECT, WARN),
    RuleInfo(
        41, _("Trattamento fiscale deciso per ogni progetto, con il motivo"), "Agenzia Entrate, risposta 51/2020", H, "F", READ, BLOCK
    ),
    RuleInfo(42, _("Esente solo se versa un ente pubblico"), "Agenzia Entrate, risposta 51/2020", H, "B W", READ, BLOCK),
    RuleInfo(
        43,
        _("Assegno di inclusione: che cosa va dichiarato"),
        "Min. Lavoro, nota 16631/2024",
        H,
        "N",
        READ,
        WARN,
        ("adi_internship_limit",),
    ),
    RuleInfo(
        44,
        _("Attenzione alle prestazioni di invalidità se il contributo è tassato"),
        "Brocardi",
        G,
        "W",
        UNCONFIRMED,
        WARN,
        ("invalidity_allowance_percent", "invalidity_pension_percent"),
    ),
    RuleInfo(45, _("Giorni di presenza contati per l’INAIL"), "INAIL circ. 16/2014", H, "C", READ, WARN, ("inail_day_minutes",)),
    RuleInfo(
        46,
        _("Voce INAIL e base giornaliera con la loro data"),
        "INAIL circ. 16/2014; Piemonte PASS",
        R,
        "C",
        READ,
        WARN,
        ("inail_item", "inail_notice_days"),
    ),
    # Monitoring and changes of life
    RuleInfo(47, _("Prima visita dopo l’inizio"), "—", L, "N", UNCONFIRMED, WARN, ("first_visit_days",)),
    RuleInfo(
        48,
        _("Ogni quanto si fa visita"),
        "—",
        L,
        "N",
        UNCONFIRMED,
        WARN,
        ("visit_interval_months", "call_absences", "call_recent_weeks", "call_usual_weeks", "call_fall_percent", "talk_answer_days"),
    ),
    RuleInfo(
        49,
        _("Valutazioni all’inizio, a metà e alla fine"),
        "Prassi",
        L,
        "N",
        UNCONFIRMED,
        WARN,
        ("evaluation_moments", "evaluation_days", "evaluation_before_end_days", "evaluation_sets"),
    ),
    RuleInfo(50, _("Per chiudere servono relazione finale e attestazione"), "7/CSR (2015); Regione Marche", R, "B", INDIRECT, BLOCK),
    RuleInfo(51, _("Chiusura anticipata con causa, data, chi decide e passo successivo"), "—", L, "F", UNCONFIRMED, WARN),
    RuleInfo(
        52,
        _("Sospensione con causa e date; la fine può spostarsi"),
        "DGR X/7763",
        R,
        "C",
        UNCONFIRMED,
        WARN,
        ("suspension_illness_days", "suspension_closure_days", "suspension_max_days", "suspension_moves_end"),
    ),
    RuleInfo(
        53,
        _("Infortunio: avviso subito al promotore e all’INAIL nei termini"),
        "D.Lgs. 81/2008; INAIL",
        H,
        "N",
        UNCONFIRMED,
        WARN,
        ("accident_inail_days", "accident_insurer_days", "accident_authority_prognosis"),
    ),
    # Status, privacy, records
    RuleInfo(
        54,
        _("Categorie di svantaggio e di disabilità con il loro documento"),
        "L. 381/1991 art. 4; L. 68/1999",
        H,
        "F",
        READ,
        BLOCK,
        ("civil_invalidity_percent", "work_invalidity_percent"),
    ),
    RuleInfo(55, _("Condizione provata da un atto pubblico, senza la diagnosi"), "L. 381/1991 art. 4", H, "F", READ, BLOCK),
    RuleInfo(56, _("Informativa sulla privacy consegnata, con la data"), "GDPR art. 6.1(e); Garante 1998", H, "B", READ, BLOCK),
    RuleInfo(57, _("Consenso a parte per immagini e testimonianze"), "GDPR", H, "F", INDIRECT, BLOCK),
    RuleInfo(58, _("L’azienda vede solo ciò che serve al tirocinio"), "GDPR, minimizzazione", H, "B", INDIRECT, BLOCK, fixed=True),
    RuleInfo(59, _("Ogni Ambito vede solo le sue persone"), "GDPR, ruoli", L, "B", UNCONFIRMED, BLOCK, fixed=True),
    RuleInfo(60, _("Ogni consultazione di una scheda resta scritta"), "GDPR, responsabilizzazione", G, "C", INDIRECT, BLOCK, fixed=True),
    RuleInfo(
        61,
        _("Tempi di conservazione e scarto solo con elenco autorizzato"),
        "DPR 445/2000 art. 68",
        H,
        "B",
        READ,
        BLOCK,
        ("company_leads", "lead_retention_months"),
    ),
    RuleInfo(62, _("Esportazione nell’ordine della cartella sociale"), "Linee guida CSI Lombardia", R, "C", INDIRECT, WARN),
    # Solidarity fund and transparency
    RuleInfo(63, _("Il fondo non va mai sotto zero"), "Prassi", G, "B", UNCONFIRMED, BLOCK, fixed=True),
    RuleInfo(64, _("Criteri del fondo pubblicati prima del primo aiuto"), "D.Lgs. 33/2013 art. 26 c. 1", H, "B", READ, BLOCK),
    RuleInfo(65, _("ISEE massimo per un aiuto del fondo"), "ProFondo", L, "W", INDIRECT, WARN, ("fund_isee_ceiling",)),
    RuleInfo(66, _("Aiuto massimo per persona e per anno"), "—", L, "W B", UNCONFIRMED, WARN, ("fund_yearly_ceiling",)),
    RuleInfo(
        67,
        _("Aiuti solo a chi ha un tirocinio attivo o finito da poco"),
        "Documento fondativo",
        L,
        "B",
        DERIVED,
        BLOCK,
        ("fund_window_months",),
    ),
    RuleInfo(68, _("La commissione decide con verbale, numero legale e astensioni"), "Prassi", L, "F", UNCONFIRMED, WARN, ("fund_quorum",)),
    RuleInfo(69, _("Prova di come è stato usato l’aiuto"), "Prassi", L, "F", UNCONFIRMED, WARN),
    RuleInfo(
        70,
        _("Elenco pubblico degli aiuti oltre la soglia annua, senza nomi"),
        "D.Lgs. 33/2013 art. 26–27; Garante 243/2014",
        H,
        "C",
        READ,
        WARN,
        ("publication_threshold",),
    ),
    RuleInfo(71, _("Mai pubblicare il nome di una persona con un importo"), "D.Lgs. 33/2013 art. 26 c. 4", H, "B", READ, BLOCK, fixed=True),
    RuleInfo(72, _("Aiuti versati comunicati al SIUSS"), "INPS", H, "N", READ, WARN),
    RuleInfo(73, _("Chi dona e chi riceve non si incontrano mai in un elenco"), "Prassi", G, "B", UNCONFIRMED, BLOCK, fixed=True),
    # Funder
    RuleInfo(
        74,
        _("Ogni spesa rendicontata ha voce, partner, fonte, giustificativo e quietanza"),
        "Guida Cariplo; Fondazione Comasca",
        K,
        "B",
        READ,
        BLOCK,
    ),
    RuleInfo(75, _("Denaro del finanziatore solo a soggetti ammessi"), "Fondazione Cariplo", K, "W", READ, WARN),
    RuleInfo(76, _("Quota di cofinanziamento mantenuta"), "Documento fondativo", K, "W", DERIVED, WARN, ("cofinancing_percent",)),
    RuleInfo(77, _("Spostamenti fra voci oltre la tolleranza"), "Guida Cariplo", K, "W", UNCONFIRMED, WARN, ("budget_shift_percent",)),
    RuleInfo(78, _("Logo del finanziatore sulle carte secondo la fonte"), "FAQ Marche; guida Cariplo", K, "C", INDIRECT, WARN),
    # Certification of companies
    RuleInfo(79, _("Criteri del riconoscimento fermi dal giorno della domanda"), "Schemi confrontati", L, "C", INDIRECT, WARN),
    RuleInfo(
        80,
        _("Punteggio minimo in ogni area e in totale"),
        "Indicatori RSI",
        L,
        "C",
        INDIRECT,
        WARN,
        ("certification_area_minimum", "certification_total_minimum"),
    ),
    RuleInfo(81, _("I livelli si prendono in ordine"), "Disability Confident", L, "B", INDIRECT, BLOCK),
    RuleInfo(
        82,
        _("Verifica esterna per il livello più alto"),
        "Disability Confident; RSEi",
        L,
        "B",
        INDIRECT,
        BLOCK,
        ("certification_external_validators",),
    ),
    RuleInfo(
        83,
        _("Durata del riconoscimento, promemoria e rinnovo"),
        "Disability Confident; RSEi; Marchio Valtellina",
        L,
        "N",
        INDIRECT,
        WARN,
        ("certificate_validity_months", "certificate_reminder_days"),
    ),
    RuleInfo(84, _("Periodi per chiedere il riconoscimento"), "RSL Sondrio", L, "W", READ, WARN, ("certification_windows",)),
    RuleInfo(85, _("Azienda in regola con il collocamento mirato e la sicurezza"), "AILeS", L, "B", INDIRECT, BLOCK),
    RuleInfo(86, _("Le aziende del 2015 conservano il loro attestato"), "Stampa locale, 2015", L, "—", READ, OFF),
    RuleInfo(87, _("Un inserimento a spese di altri non dà punti"), "UNHCR Welcome", L, "C", INDIRECT, WARN),
    # Figures and the rules themselves
    RuleInfo(
        88,
        _("Numeri piccoli nascosti nelle statistiche"),
        "Prassi",
        G,
        "C",
        UNCONFIRMED,
        WARN,
        ("small_number_threshold", "certification_word"),
    ),
    RuleInfo(89, _("Confronto dei costi solo con le tariffe locali, con data e fonte"), "VALORIS", L, "B", DERIVED, BLOCK),
    RuleInfo(90, _("Regole con data; chi ha iniziato conserva le sue"), "Come il decreto 6286/2018", G, "C", INDIRECT, BLOCK, fixed=True),
    RuleInfo(
        91,
        _("Si inizia con un tutor aziendale formato"),
        "Prassi",
        L,
        "W",
        UNCONFIRMED,
        WARN,
        (
            "course_self_enrolment",
            "training_minimum_percent",
            "training_initial_hours_year",
            "training_refresher_hours_year",
            "training_refresher_months",
            "training_withdrawal_days",
        ),
    ),
    RuleInfo(92, _("Persone affidate insieme a un tutor aziendale"), "Prassi", L, "W", UNCONFIRMED, WARN, ("trainees_per_tutor",)),
)

CATALOGUE: dict[int, RuleInfo] = {rule.number: rule for rule in _ALL}
