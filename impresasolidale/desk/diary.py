"""Pages of the case diary: the timeline of a person, a new entry, a correction."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.views import Page, ServiceForm
from placements.beneficiaries import services
from placements.beneficiaries.models import DiaryEntry
from placements.beneficiaries.selectors import diary_entry_for, note_look
from placements.beneficiaries.views import OfPerson

from .diary_forms import EntryForm, TimelineFilters
from .timeline import PLACED, placements_of, timeline


class Diary(OfPerson, Page):
    """Notes, calls and what happened in the rooms, as one story. Not for a company, nor for who only reads the sheet."""

    permission = P.KEEP_CASE_FILE
    template_name = "desk/diary.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = TimelineFilters(self.request.GET)
        kind = form.cleaned_data["cosa"] if form.is_valid() else ""
        found = timeline(self.access, self.beneficiary, self.request.GET, kind=kind)
        note_look(self.access, self.beneficiary, place="desk:diary")
        return super().get_context_data(
            person=self.beneficiary, form=form, kind=kind, items=found.items, **found.urls(self.request.GET), **kwargs
        )


class NewEntry(OfPerson, ServiceForm):
    permission = P.KEEP_CASE_FILE
    template_name = "desk/entry.html"
    form_class = EntryForm

    @property
    def diary_url(self) -> str:
        return reverse("desk:diary", args=[self.beneficiary.public_id])

    @cached_property
    def corrected(self) -> DiaryEntry | None:
        return None

    def get_initial(self) -> dict[str, Any]:
        return {"happened_at": timezone.localtime(), "kind": self.request.GET.get("cosa", "note")}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "placements": placements_of(self.access, self.beneficiary)}

    def act(self, form: Any) -> str:
        services.write_diary_entry(
            beneficiary=self.beneficiary, **form.cleaned_data, supersedes=self.corrected, by=self.access, today=timezone.localdate()
        )
        messages.success(
            self.request, _("Corretto: la nota di prima resta leggibile sotto.") if self.corrected else _("Scritto nel diario.")
        )
        return self.diary_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.beneficiary, corrected=self.corrected, back_url=self.diary_url, **kwargs)


class CorrectEntry(NewEntry):
    """A correction is a new entry; the one it corrects stays."""

    @cached_property
    def corrected(self) -> DiaryEntry:
        return diary_entry_for(self.access, self.beneficiary, self.kwargs["entry_id"])

    def get_initial(self) -> dict[str, Any]:
        entry = self.corrected
        initial: dict[str, Any] = {"kind": entry.kind, "happened_at": timezone.localtime(entry.happened_at), "text": entry.text}
        if entry.subject_type == PLACED and entry.subject_id:
            rows = {row.pk: row.public_id for row in placements_of(self.access, self.beneficiary)}
            initial["about"] = rows.get(entry.subject_id)
        return initial
