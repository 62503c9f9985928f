"""What the forms of the room say above their fields and on their button."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from impresasolidale.core.views import ServiceForm


class Words(NamedTuple):
    title: Any
    lead: Any
    button: Any


WORDS = {
    "new_budget": Words(
        _("Nuova riga di bilancio"), _("Quanto l'ente ha stanziato per i contributi motivazionali di un anno."), _("Registra la riga")
    ),
    "new_grant": Words(
        _("Nuovo contributo di un finanziatore"),
        _("Soldi di un finanziatore per i contributi motivazionali, per tutta la rete."),
        _("Registra il contributo"),
    ),
    "vary": Words(
        _("Aumenta o diminuisci"),
        _("Una variazione, con il suo atto. Non si scende mai sotto quello che è già impegnato o speso."),
        _("Registra"),
    ),
    "new_commitment": Words(
        _("Nuovo impegno"), _("Mette da parte i soldi per i tirocini, con il numero e l'atto della ragioneria."), _("Registra l'impegno")
    ),
    "raise": Words(_("Aumenta l'impegno"), _("Altri soldi liberi vengono messi da parte."), _("Aumenta l'impegno")),
    "lower": Words(
        _("Diminuisci l'impegno"),
        _("Quello che togli torna libero. Non si scende sotto il già speso, né sotto le parti dei tirocini."),
        _("Diminuisci l'impegno"),
    ),
    "end": Words(
        _("Chiudi l'impegno"), _("Da qui non si versa più niente: quello che resta torna libero. Non si riapre."), _("Chiudi l'impegno")
    ),
    "release": Words(
        _("Libera quello che è tornato"), _("Un versamento è tornato indietro: la somma torna libera."), _("Libera la somma")
    ),
    "confirm_closing": Words(
        _("Conferma la chiusura"),
        _("La conferma chi non l'ha chiesta. Dopo, nessun movimento può avere una data più vecchia."),
        _("Conferma la chiusura"),
    ),
    "withdraw_closing": Words(_("Ritira la chiusura"), _("Nessuno deve più confermarla."), _("Ritira")),
    "reopen_period": Words(
        _("Riapri il periodo"), _("Si riapre solo l'ultima chiusura, per correggere. Il motivo resta scritto."), _("Riapri")
    ),
}  # fmt: skip


class MoneyForm(ServiceForm):
    """A form of the room: `kind` names its words."""

    template_name = "treasury/form.html"
    kind: str

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = WORDS[self.kind]
        named = {"title": words.title, "lead": words.lead, "button_label": words.button, "shows_free": self.kind in ("vary", "raise")}
        return super().get_context_data(**{**named, **kwargs})
