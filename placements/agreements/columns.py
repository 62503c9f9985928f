"""The columns of the list of placements."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.columns import Column
from impresasolidale.core.templatetags.ui import badge, dot, state_badge
from impresasolidale.core.words import day_short


def _host(row: Any, access: Any) -> SafeString:
    if not row.company_tutor:
        return format_html("<div>{}</div>", row.company)
    return format_html("<div>{}<br><small>{}</small></div>", row.company, row.company_tutor)


def _period(row: Any, access: Any) -> str:
    return _("dal %(begin)s al %(end)s") % {"begin": day_short(row.starts_on), "end": day_short(row.last_day)}


def _state(row: Any, access: Any) -> SafeString:
    shown = state_badge(row.state, row.state_label)
    return format_html("{} {}", shown, badge(_("ereditato"), "info")) if row.entered_on else shown


def _light(row: Any, access: Any) -> str:
    if not row.is_watched:
        return ""
    return _("rosso") if row.has_red else _("giallo") if row.has_amber else _("verde")


def _dot(row: Any, access: Any) -> Any:
    word = _light(row, access)
    return dot("bad" if row.has_red else "warn" if row.has_amber else "ok", word) if word else "—"


COLUMNS = (
    Column("host", gettext_lazy("Impresa"), lambda row, access: str(row.company), _host, is_usual=True),
    Column("period", gettext_lazy("Periodo"), _period, is_usual=True),
    Column("state", gettext_lazy("Stato"), lambda row, access: str(row.state_label), _state, is_usual=True),
    Column("light", gettext_lazy("Semaforo"), _light, _dot, is_usual=True),
    Column("tutor", gettext_lazy("Tutor aziendale"), lambda row, access: str(row.company_tutor or "")),
    Column("starts", gettext_lazy("Inizio"), lambda row, access: row.starts_on),
    Column("ends", gettext_lazy("Fine"), lambda row, access: row.last_day),
    Column("site", gettext_lazy("Sede"), lambda row, access: row.site.name, needs=("site__name",)),
    Column(
        "promoter",
        gettext_lazy("Tutor dell'ente promotore"),
        lambda row, access: str(row.promoter_tutor or ""),
        needs=("promoter_tutor__first_name", "promoter_tutor__last_name", "promoter_tutor__email"),
    ),
    Column(
        "residence",
        gettext_lazy("Comune di residenza"),
        lambda row, access: str(row.beneficiary.residence),
        needs=("beneficiary__residence__name", "beneficiary__residence__province", "beneficiary__residence__is_foreign"),
        permission=Permission.SEE_PEOPLE,
    ),
)
