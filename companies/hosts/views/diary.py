"""The diary of an office's contacts with a company."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.keyset import SIZE
from impresasolidale.core.models import Look
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm, say_done

from .. import forms, selectors, services
from ._base import OfCompany

SHORT = 3  # notes that the company's own page shows


class OfDiary(OfCompany):
    @property
    def diary_url(self) -> str:
        return reverse("hosts:notes", args=[self.company.public_id])


class Notes(OfDiary, Page):
    permission = Permission.SEE_COMPANIES
    template_name = "hosts/notes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query, is_short = self.request.GET, "breve" in self.request.GET
        page = selectors.notes_page(self.access, self.company, query, size=SHORT if is_short else SIZE)
        may_edit = self.access.may(Permission.EDIT_COMPANIES)
        return super().get_context_data(rows=page.rows, is_short=is_short, may_edit=may_edit, pager=page.urls(query), **kwargs)


class NotesFile(OfDiary, Guarded):
    """The whole diary of a company. The look is an export."""

    permission = Permission.SEE_COMPANIES

    def get(self, request: HttpRequest, public_id: Any, ending: str) -> Any:
        rows = list(selectors.notes_of(self.access, self.company))

        def cells() -> Iterator[list[Any]]:
            for row in rows:
                finished = timezone.localdate(row.done_at) if row.done_at else None
                yield [
                    row.happened_on, str(row.get_kind_display()), row.with_whom, row.text, str(row.created_by or ""), row.next_step,
                    row.next_on, finished,
                ]  # fmt: skip

        head = [_("Quando"), _("Che cosa"), _("Con chi"), _("Che cosa vi siete detti"), _("Scritto da"), _("Prossimo passo"), _("Entro il")]
        name = f"diario-{timezone.localdate():%Y-%m-%d}"
        response = table_response(ending, name=name, head=[*head, _("Fatto il")], rows=cells())
        audit.look(Look.Kind.EXPORT, rows, by=self.access, place="hosts:notes", subject_type="hosts.companynote")
        return response


class NewNote(OfDiary, ServiceForm):
    permission = Permission.EDIT_COMPANIES
    template_name = "hosts/form.html"
    form_class = forms.NoteForm

    def get_initial(self) -> dict[str, Any]:
        return {"happened_on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _("La leggono i colleghi del nostro Ambito: non gli altri, e non l'impresa.")
        return super().get_context_data(title=_("Nuova nota"), lead=lead, save=_("Scrivi nel diario"), **kwargs)

    def act(self, form: Any) -> str:
        services.write_note(company=self.company, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Scritto nel diario."))
        return self.diary_url


class FinishStep(OfDiary, Action):
    permission = Permission.EDIT_COMPANIES

    def act(self) -> str:
        note = selectors.note_for(self.access, self.company, self.kwargs["note_id"])
        services.finish_step(note=note, by=self.access, now=timezone.now())
        say_done(self.request, _("Segnato come fatto."))
        return self.diary_url

    def back(self) -> str:
        return self.diary_url
