"""The menu of each role: what it may open, in the order of its day."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.accounts.permissions import Role

# The roles an inbox is for: those the rooms write to-dos to, and who follows people.
ASKED = frozenset({Role.SOCIAL_WORKER, Role.PROMOTER_TUTOR, Role.CLERK, Role.COORDINATOR, Role.ACCOUNTING, Role.COMMISSION_MEMBER})


# Pages of the year and of the office rather than of the day: a long menu keeps them under one word.
LATER = frozenset(
    {
        "certification:list",
        "treasury:home",
        "projects:list",
        "attendance:inail",
        "attendance:taxed",
        "territory:rules",
        "desk:messages",
        "accounts:users",
        "site:articles",
        "exchange:home",
        "exchange:exports",
        "desk:office",
        "privacy:home",
        "privacy:looks",
    }
    | {"desk:health"}
)
UNDER = {"monitoring:visits": "monitoraggio/"}  # items that stand for all the pages of their room
IN_A_ROW = 9  # items that stand side by side on a desk's screen


# Where each role begins its day; who holds several begins at the first of them.
FIRST_PAGE: dict[str, str] = {
    Role.COMPANY_TUTOR: "attendance:today",
    Role.COMPANY_CONTACT: "desk:our_company",
    Role.SOCIAL_WORKER: "desk:inbox",
    Role.COORDINATOR: "reports:dashboard",
    Role.ACCOUNTING: "liquidations:desk",
    Role.CLERK: "desk:inbox",
    Role.PROMOTER_TUTOR: "monitoring:visits",
    Role.COMMISSION_MEMBER: "solidarity_fund:to_decide",
    Role.COMUNE_OFFICER: "beneficiaries:list",
    Role.TRAINER: "training:list",
    Role.AUDITOR: "reports:dashboard",
    Role.DPO: "privacy:home",
    Role.TECHNICIAN: "desk:health",
    Role.DONOR: "together:page",
    Role.PARTNER: "together:page",
}


def first_page(roles: Collection[str]) -> str:
    """The role's own first page (experience.md); a role without one is welcomed."""
    return next((page for role, page in FIRST_PAGE.items() if role in roles), "desk:welcome")


def public() -> list[dict[str, Any]]:
    """The pages everybody may read."""
    return [
        {"label": _("Il progetto"), "url": reverse("website:home")},
        {"label": _("Imprese riconosciute"), "url": reverse("website:register")},
        {"label": _("Come si aderisce"), "url": reverse("website:join")},
        {"label": _("Storie"), "url": reverse("website:stories")},
        {"label": _("Il fondo"), "url": reverse("website:fund")},
        {"label": _("I numeri"), "url": reverse("website:figures")},
        {"label": _("Verifica un documento"), "url": reverse("website:verify")},
    ]


def _under(name: str) -> str:
    return get_script_prefix() + UNDER[name] if name in UNDER else reverse(name)


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """Items for templates; query-free. A visitor gets the public site's."""
    access = getattr(request, "access", None)
    if access is None:
        return public()
    hats = [{"label": _("I miei incarichi"), "url": reverse("desk:hats"), "icon": "it-list"}] if access.has_several_hats else []
    if access.may(P.USE_TUTOR_PORTAL):
        ours = {"label": _("La nostra impresa"), "url": reverse("desk:our_company"), "icon": "it-pa"}
        return [
            *hats,
            {"label": _("Oggi"), "url": reverse("attendance:today"), "icon": "it-calendar"},
            {"label": _("Settimana"), "url": reverse("attendance:week"), "icon": "it-list"},
            {"label": _("Formazione"), "url": reverse("courses:mine"), "icon": "it-star-outline"},
            *([] if access.link_id else [{"label": _("Da fare"), "url": reverse("desk:inbox"), "icon": "it-check-circle"}]),
            *([ours] if access.may(P.USE_COMPANY_PORTAL) else []),
        ]
    items = [
        (P.USE_COMPANY_PORTAL, _("La nostra impresa"), "desk:our_company"),
        (P.SEE_DASHBOARD, _("Cruscotto"), "reports:dashboard"),
        (P.SEE_PEOPLE, _("Persone"), "beneficiaries:list"),
        (P.SEE_PLACEMENTS, _("Tirocini"), "agreements:list"),
        (P.FOLLOW_VISITS, _("Visite"), "monitoring:visits"),
        (P.SEE_MATCHING, _("Abbinamenti"), "matching:home"),
        (P.RECORD_SIGNATURES, _("Firme"), "agreements:waiting"),
        (P.CONFIRM_MONTHS, _("Presenze"), "attendance:office_month"),
        (P.PREPARE_LIQUIDATIONS, _("Liquidazioni"), "liquidations:list"),
        (P.SEE_COMPANIES, _("Imprese"), "hosts:list"),
        (P.SEE_TRAINING, _("Formazione"), "training:list"),
        (P.SEE_FUND, _("Fondo"), "solidarity_fund:home"),
        (P.SEE_MONEY, _("Contabilità"), "treasury:home"),
        (P.SEE_PROJECTS, _("Progetti"), "projects:list"),
        (P.SEE_AUDIT_ROOM, _("Stanza di controllo"), "projects:my_rooms"),
        (P.SEE_CERTIFICATES, _("Riconoscimenti"), "certification:list"),
        (P.SEE_REPORTS, _("Rapporti"), "reports:list"),
        (P.RECORD_PROTOCOL, _("Protocollo"), "desk:to_register"),
        (P.SEE_ALLOWANCES, _("INAIL"), "attendance:inail"),
        (P.RECORD_PAYMENTS, _("Certificazione Unica"), "attendance:taxed"),
        (P.SEE_RULES, _("Regole"), "territory:rules"),
        (P.SEE_MESSAGES, _("Posta"), "desk:messages"),
        (P.MANAGE_USERS, _("Utenti"), "accounts:users"),
        (P.EDIT_SITE, _("Sito"), "site:articles"),
        (P.IMPORT_ATTENDANCE, _("Scambi"), "exchange:home"),
        (P.EDIT_OFFICE, _("Ufficio"), "desk:office"),
        (P.KEEP_PRIVACY, _("Protezione dei dati"), "privacy:home"),
        (P.SEE_ACCESS_LOG, _("Chi ha guardato"), "privacy:looks"),
        (P.SEE_HEALTH, _("Salute"), "desk:health"),
        (P.SEE_OWN_PART, _("Fatto insieme"), "together:page"),
    ]
    allowed = [(label, name) for needed, label, name in items if access.may(needed)]
    if access.may(P.PREPARE_LIQUIDATIONS) and not access.may(P.IMPORT_ATTENDANCE):  # who only makes files for others finds what goes out
        allowed.append((_("Esportazioni"), "exchange:exports"))
    is_long = len(allowed) > IN_A_ROW
    allowed.sort(key=lambda item: is_long and item[1] in LATER)
    mine = [{"label": label, "url": reverse(name), "under": _under(name), "later": is_long and name in LATER} for label, name in allowed]
    if access.roles & ASKED:
        return [*hats, {"label": _("Da fare"), "url": reverse("desk:inbox")}, *mine]
    if access.may(P.SEE_OWN_PART):
        return [*hats, *mine, *public()]
    return [*hats, *mine] or [{"label": _("Inizio"), "url": reverse("desk:welcome")}, *public()]
