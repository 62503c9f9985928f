"""Which paragraph of the guide (docs/guide/*.md) explains each screen: the table behind "Aiuto"."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

FOLDER: Path = settings.BASE_DIR / "docs" / "guide"
CONTENTS = "README"  # the page that lists the others

# Page of the guide and its heading: the screens that it explains, by the names of their addresses. A room alone stands for its screens
# that are not named. The public site, which speaks to everybody, has no room here.
SCREENS: dict[str, str] = {
    "README#entrare": "accounts:accept_invitation",
    "README": "core desk",
    "accesso": "accounts",
    "accesso#entrare": "accounts:sign_in accounts:forgot_password",
    "accesso#scegliere-il-secondo-fattore": "accounts:second_factor accounts:add_app accounts:add_passkey",
    "accesso#ho-perso-il-telefono": "accounts:new_codes",
    "accesso#sei-proprio-tu": "accounts:it_is_me",
    "accesso#dove-sono-entrato": "accounts:my_access accounts:end_session",
    "preparare#scrivere-il-tirocinio": "agreements agreements:new",
    "preparare#leggere-il-semaforo": "agreements:detail agreements:refresh",
    "preparare#gli-altri-aiuti-della-persona": "agreements:benefits",
    "preparare#preparare-la-convenzione": (
        "agreements:agreements agreements:agreement_choose agreements:agreement_new agreements:agreement_detail"
    ),
    "preparare#le-altre-carte-di-un-tirocinio": (
        "agreements:issue_many agreements:papers_made agreements:meetings agreements:meeting agreements:new_meeting "
        "agreements:own_agreement agreements:set_funding"
    ),
    "preparare#modelli-copie-e-gruppi": (
        "agreements:templates agreements:new_template agreements:edit_template agreements:group agreements:group_done"
    ),
    "preparare#un-tirocinio-che-è-già-in-corso-su-carta": "agreements:inherit agreements:inherited_papers",
    "persone#quando-una-persona-passa-a-un-altro-ambito": ("agreements:hand_overs agreements:hand_over agreements:new_hand_over"),
    "preparare#protocollo-coperture-comunicazione": (
        "agreements:covers agreements:new_cover agreements:communications agreements:communication agreements:protocol"
    ),
    "preparare#sicurezza-luoghi-fuori-sede-copie": (
        "agreements:duties agreements:safety agreements:safety_training agreements:fitness agreements:outside agreements:copies "
        "agreements:replacement"
    ),
    "preparare#raccogliere-le-firme": (
        "agreements:waiting agreements:signing agreements:new_signature agreements:powers agreements:power_new agreements:power_edit"
    ),
    "durante#quando-qualcosa-cambia": (
        "agreements:changes agreements:amend agreements:suspend agreements:resume agreements:ask_extension agreements:attest "
        "agreements:end_early agreements:change_tutor agreements:renew"
    ),
    "durante#quando-un-tirocinio-sta-per-finire": "agreements:end_plan",
    "durante#le-presenze": "attendance",
    "durante#chi-chiude-e-chi-conferma": "attendance:confirm_by_act",
    "durante#quando-qualcuno-manca": "attendance:call",
    "durante#il-tutor-usa-il-foglio-di-carta": ("attendance:print_sheets attendance:sheets_printed attendance:grid attendance:add_scan"),
    "imprese#registrare-unimpresa-e-il-suo-tutor": "attendance:tutor_link attendance:poster desk:company hosts",
    "persone#la-scheda-della-persona": "beneficiaries desk:person",
    "persone#registrare-una-persona": "beneficiaries:new",
    "persone#aprire-la-scheda-di-chi-non-segui": "beneficiaries:reason",
    "persone#la-lista-dattesa": "beneficiaries:waiting beneficiaries:enter_waiting",
    "persone#farsi-aiutare-da-un-collega": "beneficiaries:care_team",
    "persone#passare-una-persona-a-un-collega": "beneficiaries:hand_over",
    "persone#i-documenti-della-persona": "beneficiaries:documents beneficiaries:new_document",
    "persone#la-stessa-persona-registrata-due-volte": (
        "beneficiaries:pairs beneficiaries:tell_apart beneficiaries:merge beneficiaries:merge_confirm"
    ),
    "imprese#unimpresa-chiede-di-correggere-i-suoi-dati": "desk:proposal",
    "persone#tenere-il-diario": "desk:diary desk:new_entry desk:correct_entry",
    "preparare#la-posta": (
        "desk:messages desk:message_kinds desk:message_kind desk:letters desk:printed_letters desk:on_paper desk:delivery"
    ),
    "preparare#le-carte-da-protocollare": "desk:to_register desk:register_zip desk:register_numbers",
    "imprese#chi-sentire-le-sedi-gli-elenchi": "hosts:edit hosts:edit_site hosts:new_contact",
    "imprese#sapere-chi-ha-posto": "hosts:places hosts:new_places hosts:edit_places",
    "imprese#chiedere-se-è-di-nuovo-pronta": "hosts:ask_again",
    "imprese#le-imprese-che-si-fanno-avanti": "hosts:leads hosts:lead",
    "imprese#diario-dei-contatti-e-messaggi": ("hosts:notes hosts:new_note hosts:threads hosts:thread hosts:new_thread hosts:strays"),
    "imprese#quando-unimpresa-chiude": "hosts:new_closure",
    "imprese#quanto-costa-a-chi-ospita": "hosts:expenses hosts:company_expenses",
    "preparare#quale-sede-va-bene": "matching",
    "preparare#dalla-sede-al-tirocinio": "matching:proposals matching:propose matching:proposal matching:decide",
    "durante#se-succede-un-incidente": "monitoring",
    "durante#le-visite-e-le-telefonate": ("monitoring:visits monitoring:new_visit monitoring:visit monitoring:minutes monitoring:put_off"),
    "durante#se-succede-qualcosa-che-non-è-un-incidente": "monitoring:events monitoring:event monitoring:new_event",
    "durante#la-chiusura": (
        "monitoring:course monitoring:closing monitoring:final_report monitoring:attestation monitoring:outcome "
        "monitoring:follow_ups monitoring:follow_up"
    ),
    "persone#quando-una-persona-chiede-di-parlare": "monitoring:talks monitoring:talk monitoring:talk_note",
    "durante#le-valutazioni-e-gli-obiettivi": (
        "monitoring:evaluations monitoring:evaluations_of monitoring:evaluation monitoring:answer_evaluation"
    ),
    "chi-amministra#utenti-e-ruoli": "accounts:users accounts:new_user accounts:end_membership accounts:tokens accounts:new_token api",
    "chi-amministra#secondo-fattore-sessioni-assistenza": "accounts:reset_factors accounts:begin_visit accounts:end_visit",
    "chi-amministra#tenere-in-piedi-linstallazione": "desk:health",
    "chi-dona#che-cosa-trovi": "my_gifts together",
    "contabilita#un-impegno": "forecasts treasury:commitments treasury:commitment treasury:new_commitment",
    "contabilita": "treasury",
    "contabilita#una-riga-di-bilancio": "treasury:new_budget treasury:budget treasury:new_grant",
    "contabilita#previsto-impegnato-speso": "treasury:movements",
    "contabilita#il-confronto-con-la-ragioneria": "treasury:compare",
    "contabilita#chiudere-un-periodo": "treasury:closing",
    "conti-dell-anno#i-giorni-per-linail": "attendance:inail",
    "conti-dell-anno#le-somme-tassate-per-la-certificazione-unica": "attendance:taxed",
    "conti-dell-anno#la-dichiarazione-per-una-persona": "attendance:statement",
    "coordinatore#concedere-una-deroga": "agreements:waive agreements:waivers",
    "coordinatore#convalidare-un-tirocinio": "agreements:validation_act",
    "coordinatore#decidere-una-proroga": "agreements:decide_extension",
    "coordinatore#chi-segue-chi": "beneficiaries:referents",
    "coordinatore#un-avviso-ai-colleghi": "desk:announcements desk:new_announcement",
    "coordinatore#le-parole-in-fondo-alle-mail": "desk:mail_closing",
    "coordinatore#sospendere-i-promemoria": "desk:mutes desk:mute_person desk:mute_placement",
    "coordinatore#le-carte-del-tuo-ufficio": "desk:office desk:letterhead desk:new_stamp_duty desk:new_funding_logo",
    "coordinatore#unimpresa-registrata-due-volte": "hosts:pairs hosts:merge",
    "coordinatore#unimpresa-da-fermare-per-un-po": "hosts:new_block",
    "coordinatore#le-domande-del-tuo-ufficio": "monitoring:question_sets monitoring:new_question_set monitoring:question_set",
    "coordinatore": "reports:dashboard",
    "coordinatore#gli-indicatori": "reports:indicators",
    "fondo#approvare-il-rendiconto-ragioneria-e-coordinatore": "reports:new_fund_account reports:fund_account",
    "fondo": "solidarity_fund",
    "fondo#chi-tiene-il-fondo-coordinatore": "solidarity_fund:holder solidarity_fund:new_holder",
    "fondo#registrare-chi-dona-e-quanto-coordinatore-ragioneria": (
        "solidarity_fund:donors solidarity_fund:new_donor solidarity_fund:new_contribution"
    ),
    "fondo#ricevuta-e-grazie": "solidarity_fund:gift",
    "fondo#promesse": "solidarity_fund:pledges solidarity_fund:new_pledge",
    "fondo#doni-in-natura": "solidarity_fund:goods solidarity_fund:new_goods",
    "fondo#a-che-cosa-serve-un-salvadanaio": "solidarity_fund:new_pot solidarity_fund:purpose",
    "fondo#estratti-conto": "solidarity_fund:lines solidarity_fund:line solidarity_fund:hand_in solidarity_fund:statement_files",
    "fondo#i-criteri-coordinatore": "solidarity_fund:criteria solidarity_fund:new_criteria",
    "fondo#chiedere-un-aiuto-assistente-sociale": "solidarity_fund:new_request solidarity_fund:requests solidarity_fund:request",
    "fondo#listruttoria-coordinatore-o-un-collega": "solidarity_fund:screen",
    "fondo#la-commissione": (
        "solidarity_fund:to_decide solidarity_fund:sittings solidarity_fund:new_sitting solidarity_fund:sitting solidarity_fund:decide"
    ),
    "fondo#dire-di-no": "solidarity_fund:procedure",
    "fondo#versare-ragioneria": "solidarity_fund:pay",
    "fondo#la-prova-della-spesa": "solidarity_fund:proofs",
    "fondo#guardare-i-conti": "solidarity_fund:account solidarity_fund:account_rows",
    "fondo#lelenco-oltre-i-1000-euro-dlgs-332013": "solidarity_fund:publications solidarity_fund:new_list",
    "fondo#raccontare-una-storia-assistente-sociale-coordinatore": (
        "solidarity_fund:stories solidarity_fund:new_story solidarity_fund:story"
    ),
    "formazione": "training",
    "formazione#mettere-in-programma-un-corso": "training:new",
    "formazione#iscrivere-e-invitare": "training:detail",
    "formazione#segnare-le-presenze": "training:record",
    "formazione#guardare-chi-manca": "training:tutors",
    "la-mia-area": "area",
    "la-mia-area#dire-come-va": "my_evaluation",
    "la-mia-area#firmare": "signing",
    "la-mia-area#chiedere-di-parlare": "talk",
    "la-mia-giornata": "desk:inbox desk:home desk:first_page desk:welcome",
    "la-mia-giornata#il-calendario": "desk:calendar desk:open_feed desk:close_feed",
    "liquidazioni#i-contributi-di-una-persona": "attendance:given attendance:given_month attendance:net",
    "liquidazioni#come-riceve-i-soldi": "beneficiaries:payment_ways beneficiaries:new_payment_way",
    "liquidazioni#preparare": "composing",
    "liquidazioni#approvare": "composing:approve",
    "liquidazioni#pubblicare": "composing:publication",
    "liquidazioni#controlli-a-campione": "composing:draw composing:sample liquidations:samples",
    "liquidazioni#versato-troppo": "composing:recover liquidations:recoveries",
    "liquidazioni": "liquidations",
    "liquidazioni#in-ragioneria": "liquidations:desk liquidations:answers",
    "progetti#i-risultati-e-le-azioni": "project_results projects:actions",
    "progetti#il-progetto-e-il-suo-piano": "projects",
    "progetti": "projects:list",
    "progetti#prima-di-cominciare-i-partner": "projects:partners projects:new_partner projects:partner",
    "progetti#una-spesa-dal-documento-alla-risposta": "projects:expenses projects:expense projects:new_expense",
    "progetti#di-chi-sono-i-soldi": "projects:instalments",
    "progetti#il-personale": "projects:staff projects:sheet",
    "progetti#la-stanza-di-controllo": "projects:rooms projects:room projects:my_rooms projects:my_room",
    "protezione-dei-dati": "privacy",
    "protezione-dei-dati#chi-ha-guardato": "privacy:looks privacy:find_person",
    "protezione-dei-dati#quando-qualcuno-chiede-dei-suoi-dati": "privacy:requests privacy:whose_request privacy:request",
    "protezione-dei-dati#una-violazione-di-dati": "privacy:breaches privacy:new_breach privacy:breach",
    "protezione-dei-dati#registro-accordi-testi": "privacy:pacts privacy:new_pact privacy:register privacy:notices privacy:new_notice",
    "rapporti": "reports",
    "rapporti#chiedere-un-rapporto": "reports:order reports:order_kind",
    "rapporti#quelli-che-arrivano-da-soli": "reports:calendar reports:calendar_new",
    "rapporti#come-i-comuni-si-dividono-la-spesa": "reports:split_key",
    "referente-impresa": "desk:our_company ours",
    "referente-impresa#correggere-i-vostri-dati": "desk:correct_data",
    "referente-impresa#scrivere-allufficio": "desk:our_threads desk:our_thread desk:new_our_thread",
    "referente-impresa#i-doni-dellimpresa-al-fondo": "our_gifts",
    "referente-impresa#raccontarlo": "our_impact",
    "referente-impresa#dire-quanti-posti-avete": "ours:new_places ours:edit_places ours:rest",
    "referente-impresa#dire-comè-stato": "ours:conduct",
    "referente-impresa#chiamare-un-collega": "ours:invite ours:remove",
    "referente-impresa#quanto-è-costato": "ours:new_expense",
    "regole": "territory",
    "regole#trovare-una-regola": "territory:rules",
    "regole#confrontare": "territory:compare territory:compare_dates",
    "regole#cambiare-le-regole": "territory:propose territory:proposal",
    "regole#le-tariffe": "territory:tariffs territory:new_tariff",
    "riconoscimenti": "certification",
    "riconoscimenti#verificare-assistente-sociale-coordinatore": (
        "certification:applications certification:application certification:review"
    ),
    "riconoscimenti#proporre-dai-dati-assistente-sociale-coordinatore": "certification:propose",
    "riconoscimenti#aprire-una-campagna-coordinatore": "certification:campaigns certification:new_campaign certification:campaign",
    "riconoscimenti#decidere-coordinatore-commissione": (
        "certification:sittings certification:new_sitting certification:sitting certification:decide"
    ),
    "riconoscimenti#dire-di-no-sospendere-revocare-coordinatore": "certification:procedure certification:open_procedure",
    "riconoscimenti#lo-schema-che-cosa-si-guarda-quanti-punti-dà-coordinatore": "certification:schemes certification:scheme",
    "riconoscimenti#i-numeri-di-unimpresa-assistente-sociale-coordinatore": "certification:facts certification:fact_rows",
    "riconoscimenti#molti-attestati-insieme-coordinatore": "certification:new_run certification:run",
    "riconoscimenti#correggere-un-attestato-coordinatore": "certification:correct",
    "riconoscimenti#gli-attestati-del-2015-coordinatore": "certification:history",
    "riconoscimenti#il-logo-la-cartolina-il-fascicolo-impresa": "certification:kit our_recognition:kit",
    "riconoscimenti#quello-che-abbiamo-fatto-insieme": "certification:impact",
    "riconoscimenti#chiedere-referente-dellimpresa": "our_recognition",
    "scambi#ricerche": "desk:search exchange:save_search",
    "scambi#le-colonne-degli-elenchi": "exchange:choose_columns",
    "scambi#portare-qui-un-foglio": "exchange",
    "scambi#che-cosa-guardare-per-ogni-tipo": "exchange:import",
    "scambi#annullare": "exchange:undo",
    "scambi#esportazioni": "exchange:exports",
    "scambi#cartella-sociale": "exchange:case_files",
    "scambi#prestazioni-versate": "exchange:benefits exchange:benefit_codes",
    "scambi#avvisi-a-programmi": "exchange:hooks exchange:new_hook exchange:hook exchange:change_hook",
    "scambi#tutti-i-dati": "exchange:take_outs exchange:ask_take_out exchange:approve_take_out",
    "sito-pubblico#una-buona-pratica-una-storia-una-notizia": "site",
    "sito-pubblico#le-fotografie": "site:set_photo site:add_consent",
    "sito-pubblico#ogni-anno-entro-il-23-settembre": "site:statement site:statement_done",
    "studio": "reports:study reports:study_papers reports:study_order",
    "studio#che-cosa-cè": (
        "reports:study_change reports:study_attendance reports:study_territory reports:study_points reports:study_cost "
        "reports:study_simulator"
    ),
    "tutor-aziendale#ogni-giorno": "attendance:today attendance:record",
    "tutor-aziendale#oppure-una-volta-alla-settimana": "attendance:week attendance:confirm_week",
    "tutor-aziendale#a-fine-mese": "attendance:month attendance:close_month",
    "tutor-aziendale#sono-qui": "attendance:hand_over here",
    "tutor-aziendale#la-tua-formazione": "courses",
    "tutor-aziendale#se-hai-più-incarichi": "desk:hats",
    "tutor-aziendale#in-caso-di-ispezione": "inspection portal:inspection",
    "tutor-aziendale#la-valutazione-in-tre-minuti": "my_evaluations",
    "tutor-aziendale#quando-non-prende": "portal",
    "tutor-aziendale#senza-password-con-il-collegamento": "portal:leave portal:left portal:door",
    "tutor-aziendale#la-prima-volta": "privacy:instructions",
}
EXPLAINED = {name: where for where, names in SCREENS.items() for name in names.split()}


def pages() -> list[str]:
    """The names of the guide's pages."""
    return sorted(path.stem for path in FOLDER.glob("*.md"))


def address(where: str) -> str:
    """The address of "page#heading"."""
    page, hash_, heading = where.partition("#")
    return (reverse("desk:guide") if page == CONTENTS else reverse("desk:guide_page", args=[page])) + hash_ + heading


def explained(view_name: str) -> str:
    """What explains a screen, as "page#heading"; empty for one that needs no guide."""
    return EXPLAINED.get(view_name) or EXPLAINED.get(view_name.rpartition(":")[0], "")


def help_address(request: HttpRequest) -> str:
    """Where "Aiuto" of this page leads; empty where the page needs none."""
    match = request.resolver_match
    where = explained(match.view_name) if match else ""
    return address(where) if where else ""
