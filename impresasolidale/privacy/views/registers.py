"""The registers: breaches with their 72 hours, agreements with their expiry, processing from the code with the office's notes."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.models import Document
from impresasolidale.core.views import Action, FormPage, Guarded, Page, serve_document

from .. import documents, forms, processing, rules
from ..models import Breach, DataPact
from ..selectors import registers as selectors
from ..services import registers as services
from ..transitions import BREACH


def values_of(form: Any) -> dict[str, Any]:
    """What was typed, without the version it was typed on."""
    return {name: value for name, value in form.cleaned_data.items() if name != "row_version"}


def initial_of(form_class: Any, row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in form_class.base_fields if name != "row_version"}


class Breaches(Page):
    permission = Permission.KEEP_PRIVACY
    template_name = "privacy/breaches.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = selectors.breaches_page(self.access, self.request.GET)
        return super().get_context_data(rows=page.rows, **page.urls(self.request.GET), **kwargs)


class NewBreach(FormPage):
    permission = Permission.KEEP_PRIVACY
    form_class = forms.BreachForm
    title = gettext_lazy("Una violazione di dati")
    lead = gettext_lazy("Scrivila subito, con quello che si sa: il resto si aggiunge. Si registra anche quando non va notificata.")
    button = gettext_lazy("Registra la violazione")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": 0}

    def back(self) -> str:
        return reverse("privacy:breaches")

    def act(self, form: Any) -> str:
        row = services.register_breach(values=values_of(form), by=self.access, now=timezone.now())
        messages.success(self.request, _("La violazione è registrata. Adesso si decide se notificarla."))
        return reverse("privacy:breach", args=[row.public_id])


class _OfBreach(Guarded):
    permission = Permission.KEEP_PRIVACY

    @cached_property
    def row(self) -> Breach:
        return selectors.breach_for(self.access, self.kwargs["public_id"])

    def here(self) -> str:
        return reverse("privacy:breach", args=[self.kwargs["public_id"]])

    def back(self) -> str:
        return self.here()


class BreachPage(_OfBreach, Page):
    template_name = "privacy/breach.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, now = self.row, timezone.now()
        return super().get_context_data(
            row=row,
            hours=rules.hours_left(row.detected_at, now),
            until=rules.notify_by(row.detected_at),
            waits=services.waits(row),
            missing=services.missing(row),
            steps={step.name for step in BREACH.available(row.state, self.access)},
            **kwargs,
        )


class _BreachForm(_OfBreach, FormPage):
    """The form finds its row first: a foreign one is 404."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"row": self.row, **kwargs})


class EditBreach(_BreachForm):
    form_class = forms.BreachForm
    title = gettext_lazy("Che cosa si sa adesso")
    button = gettext_lazy("Salva")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.row.row_version}

    def get_initial(self) -> dict[str, Any]:
        return initial_of(self.form_class, self.row)

    def act(self, form: Any) -> str:
        seen = form.cleaned_data["row_version"]
        services.edit_breach(breach=self.row, values=values_of(form), seen=seen, by=self.access, now=timezone.now())
        messages.success(self.request, _("Salvato."))
        return self.here()


class DecideBreach(_BreachForm):
    form_class = forms.DecideBreachForm
    title = gettext_lazy("Notificarla al Garante?")
    lead = gettext_lazy(
        "Si notifica, entro 72 ore, a meno che sia improbabile un rischio per le persone (Reg. UE 2016/679, art. 33)."
        " Il perché resta scritto."
    )
    button = gettext_lazy("Registra la decisione")

    def act(self, form: Any) -> str:
        services.decide_breach(breach=self.row, by=self.access, now=timezone.now(), **form.cleaned_data)
        messages.success(self.request, _("La decisione è scritta."))
        return self.here()


class Notified(_BreachForm):
    form_class = forms.NotifiedForm
    title = gettext_lazy("È stata notificata")
    lead = gettext_lazy("Il programma non manda niente al Garante: si scrive qui quando lo si è fatto, con la ricevuta.")
    button = gettext_lazy("Registra la notifica")

    def get_initial(self) -> dict[str, Any]:
        return {"at": timezone.localtime()}

    def act(self, form: Any) -> str:
        services.note_notified(breach=self.row, by=self.access, now=timezone.now(), **form.cleaned_data)
        messages.success(self.request, _("La notifica è scritta."))
        return self.here()


class ToldPeople(_BreachForm):
    form_class = forms.ToldForm
    title = gettext_lazy("Dirlo alle persone?")
    lead = gettext_lazy("Quando il rischio per loro è alto lo si dice subito, in parole semplici (Reg. UE 2016/679, art. 34).")
    button = gettext_lazy("Registra")

    def act(self, form: Any) -> str:
        services.note_told(breach=self.row, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Scritto."))
        return self.here()


class CloseBreach(_OfBreach, Action):
    def act(self) -> str:
        services.close_breach(breach=self.row, by=self.access)
        messages.success(self.request, _("La violazione è chiusa, e resta nel registro."))
        return self.here()


class ReopenBreach(_BreachForm):
    form_class = forms.ReasonForm
    title = gettext_lazy("Riapri la violazione")
    lead = gettext_lazy("Se è venuto fuori qualcosa di nuovo.")
    button = gettext_lazy("Riapri")

    def act(self, form: Any) -> str:
        services.reopen_breach(breach=self.row, reason=form.cleaned_data["reason"], by=self.access)
        return self.here()


# --- Agreements


class Pacts(Page):
    permission = Permission.KEEP_PRIVACY
    template_name = "privacy/pacts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=selectors.pacts(self.access), today=timezone.localdate(), **kwargs)


class NewPact(FormPage):
    permission = Permission.KEEP_PRIVACY
    form_class = forms.PactForm
    title = gettext_lazy("Un accordo sui dati")
    lead = gettext_lazy(
        "Con chi tratta dati per noi o insieme a noi: il fornitore del programma, l'ente che gestisce il servizio, un altro ente."
    )
    button = gettext_lazy("Salva l'accordo")
    pact: DataPact | None = None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.pact.row_version if self.pact else 0}

    def back(self) -> str:
        return reverse("privacy:pacts")

    def act(self, form: Any) -> str:
        seen = form.cleaned_data["row_version"] or 0
        services.save_pact(pact=self.pact, values=values_of(form), seen=seen, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("L'accordo è salvato."))
        return self.back()


class EditPact(NewPact):
    template_name = "privacy/pact.html"
    title = gettext_lazy("Cambia l'accordo")

    @cached_property
    def pact(self) -> DataPact:  # type: ignore[override]
        return selectors.pact_for(self.access, self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return initial_of(self.form_class, self.pact)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"pact": self.pact, **kwargs})


class EndPact(Action):
    permission = Permission.KEEP_PRIVACY

    def act(self) -> str:
        pact = selectors.pact_for(self.access, self.kwargs["public_id"])
        services.end_pact(pact=pact, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("L'accordo è finito: resta in elenco, senza promemoria."))
        return self.back()

    def back(self) -> str:
        return reverse("privacy:pacts")


# --- Processing


class Register(Page):
    permission = Permission.KEEP_PRIVACY
    template_name = "privacy/register.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        papers = selectors.papers(self.access, *documents.PACK)
        return super().get_context_data(
            entries=selectors.register(self.access),
            reviewed=selectors.last_review(self.access),
            measures=processing.measures(),
            papers=papers,
            pending=any(paper.state == Document.State.PENDING for paper in papers),
            **kwargs,
        )


class Reviewed(Action):
    """Once a year: somebody looked at it all."""

    permission = Permission.KEEP_PRIVACY

    def act(self) -> str:
        services.note_review(by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Segnato: registro, durate e accordi sono stati rivisti oggi."))
        return self.back()

    def back(self) -> str:
        return reverse("privacy:register")


class WriteNote(FormPage):
    permission = Permission.KEEP_PRIVACY
    template_name = "privacy/note.html"
    form_class = forms.NoteForm
    lead = gettext_lazy("Quello che il programma non può sapere: atti, destinatari vostri, tempi decisi. Le note di prima restano.")
    button = gettext_lazy("Salva la nota")

    @cached_property
    def entry(self) -> processing.Entry:
        found = next((entry for entry in processing.ENTRIES if entry.code == self.kwargs["code"]), None)
        if found is None:
            raise Http404
        return found

    @property
    def title(self) -> str:
        return str(self.entry.title)

    def get_initial(self) -> dict[str, Any]:
        notes = selectors.notes_of(self.access, self.entry.code)
        return {"text": notes[0].text if notes else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"notes": selectors.notes_of(self.access, self.entry.code), **kwargs})

    def back(self) -> str:
        return reverse("privacy:register")

    def act(self, form: Any) -> str:
        services.write_note(entry=self.entry.code, text=form.cleaned_data["text"], by=self.access)
        messages.success(self.request, _("La nota è salvata."))
        return self.back()


class PrintPack(Action):
    """The register or the draft, as a paper of today."""

    permission = Permission.KEEP_PRIVACY
    kind = documents.REGISTER

    def act(self) -> str:
        services.print_pack(kind=self.kind, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Si sta preparando: la trovi qui fra poco."))
        return self.back()

    def back(self) -> str:
        return reverse("privacy:register")


class PackFile(Guarded):
    permission = Permission.KEEP_PRIVACY

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        paper = selectors.paper_for(self.access, self.kwargs["public_id"], *documents.PACK)
        return serve_document(paper, by=self.access)  # type: ignore[return-value]
