"""Sample data of `/componenti/`, the page that shows every component (demo and tests only)."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import charts
from .forms import CHOOSE, Checks, Form, HoursField, MoneyField, Radios, Suggest

MONTHS = ["dic", "gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov"]


class SampleForm(Form):
    fieldsets = (
        (_("Chi è"), ("name", "born", "comune", "kind")),
        (_("Impegno"), ("company", "hours", "allowance", "days", "notes", "file", "privacy")),
    )
    name = forms.CharField(label=_("Nome e cognome"), max_length=80)
    born = forms.DateField(label=_("Data di nascita"))
    comune = forms.CharField(
        label=_("Comune di residenza"), help_text=_("Scrivi le prime lettere e scegli."), widget=Suggest("/componenti/comuni/")
    )
    kind = forms.ChoiceField(
        label=_("Come si presenta"), choices=[("self", _("Da sola")), ("service", _("Con un servizio"))], widget=Radios
    )
    company = forms.ChoiceField(label=_("Impresa"), choices=[("", CHOOSE), ("1", "Falegnameria Bormin snc")])
    hours = HoursField(label=_("Ore alla settimana"), help_text=_("Per esempio 20 oppure 17:30."))
    allowance = MoneyField(label=_("Contributo mensile"), required=False)
    days = forms.MultipleChoiceField(
        label=_("Giorni"), choices=[("1", _("lunedì")), ("2", _("martedì")), ("3", _("mercoledì"))], widget=Checks
    )
    notes = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False)
    file = forms.FileField(label=_("Scansione firmata"), help_text=_("PDF, JPEG o PNG, al massimo 10 MB."), required=False)
    privacy = forms.BooleanField(label=_("Ha ricevuto l’informativa sulla privacy"))


class SampleFilters(Form):
    q = forms.CharField(label=_("Nome"), required=False)
    state = forms.ChoiceField(label=_("Stato"), choices=[("", _("Tutti")), ("active", _("In corso"))], required=False)
    since = forms.DateField(label=_("Dal"), required=False)


def sample() -> dict[str, Any]:
    """Everything `components_page.html` draws; no query, the same at every call."""
    day = dt.date(2026, 11, 22)
    wrong = {"name": "Anna Bianchi", "born": "31/02/1990", "kind": "self", "hours": "venti", "allowance": "4,5,0", "days": ["1"]}
    return {
        "form": SampleForm(wrong),
        "filters": SampleFilters(),
        "day": day,
        "rows": [
            {
                "person": "Rossi Maria",
                "company": "Falegnameria Bormin snc",
                "minutes": 4290,
                "due": day,
                "state": "active",
                "label": _("in corso"),
            },
            {
                "person": "Del Simone Luca",
                "company": "Cooperativa Il Sentiero",
                "minutes": 3600,
                "due": day,
                "state": "suspended",
                "label": _("sospeso"),
            },
            {"person": "Gianoli Teresa", "company": "Vivaio Alpe Verde", "minutes": 0, "due": day, "state": "draft", "label": _("bozza")},
        ],
        "tabs": [
            {"label": _("Scheda"), "url": "#", "active": True},
            {"label": _("Presenze"), "url": "#", "badge": 3},
            {"label": _("Documenti"), "url": "#"},
            {"label": _("Contributi"), "url": "#"},
        ],
        "steps": [
            {"label": _("Progetto"), "state": "done", "url": "#"},
            {"label": _("Firme"), "state": "current"},
            {"label": _("Avvio"), "state": "todo"},
        ],
        "light": [
            {"state": "green", "text": _("Convenzione firmata")},
            {
                "state": "red",
                "text": _("Formazione sulla sicurezza"),
                "why": _("Manca l’attestato del modulo generale."),
                "rule": 20,
                "url": "#",
                "action": _("Aggiungi l’attestato"),
            },
            {
                "state": "amber",
                "text": _("Tutor aziendale formato"),
                "why": _("È iscritto al corso del 3 dicembre."),
                "rule": 91,
                "url": "#",
                "action": _("Vedi l’iscrizione"),
            },
            {"state": "waived", "text": _("Visita medica"), "why": _("Non prevista per la mansione.")},
        ],
        "story": [
            {
                "when": dt.datetime(2026, 11, 20, 9, 5, tzinfo=dt.UTC),
                "who": "Paola Negri",
                "title": _("Mese di ottobre confermato"),
                "text": _("71 ore e 30 minuti."),
                "tone": "ok",
            },
            {"when": day, "who": "Elio Tirinzoni", "title": _("Visita in azienda"), "text": _("Tutto procede bene."), "tone": "info"},
            {"when": day, "title": _("Copertura in scadenza"), "tone": "warn"},
        ],
        "job": SimpleNamespace(
            label="Relazione di ottobre",
            state="running",
            get_state_display=_("in corso"),
            progress=45,
            words="18 tirocini su 40",
            cancel_asked=False,
            result_url="",
        ),
        "job_done": SimpleNamespace(
            label="Relazione di settembre",
            state="done",
            get_state_display=_("finito"),
            progress=100,
            words="",
            cancel_asked=False,
            result_url="#",
        ),
        "bars": charts.bars(
            "Ore previste e fatte",
            MONTHS,
            [
                ("previste", [m * 60 for m in (80, 84, 80, 88, 84, 80, 84, 88, 40, 84, 88, 80)]),
                ("fatte", [m * 60 for m in (72, 80, 78, 88, 70, 76, 84, 80, 36, 82, 71, 52)]),
            ],
            unit="h",
        ),
        "stacked": charts.bars(
            "Contributi per fonte",
            MONTHS,
            [
                ("bilancio", [900, 1200, 1200, 1500, 1500, 1400, 1600, 1600, 800, 1500, 1700, 1600]),
                ("bando", [300, 300, 450, 450, 600, 600, 450, 450, 200, 450, 450, 450]),
                ("rete", [0, 0, 150, 150, 150, 300, 150, 150, 0, 150, 150, 300]),
            ],
            stacked=True,
            unit="€",
        ),
        "lines": charts.lines(
            "Fondo: entrate e uscite",
            MONTHS,
            [
                ("entrate", [500, 200, 0, 750, 300, 1200, 0, 400, 0, 650, 300, 900]),
                ("uscite", [0, 150, 300, 150, 400, 450, 200, 300, 0, 500, 350, 250]),
            ],
            unit="€",
        ),
        "donut": charts.donut("Tirocini per settore", [("verde", 14), ("artigianato", 9), ("servizi", 12), ("commercio", 7)]),
        "share": charts.share_bar("Budget dell’anno", [("speso", 31250), ("impegnato", 12400), ("libero", 16350)], unit="€"),
    }
