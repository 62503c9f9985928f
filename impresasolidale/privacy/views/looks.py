"""Who looked at whom: the log, the search by person, the file."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.core.spreadsheets import file_urls, table_response
from impresasolidale.core.views import FormPage, Guarded, Page

from ..forms import FindPersonForm, LookFilter
from ..rules import CLOSES, MANY_IN_A_DAY, OPENS
from ..selectors import looks as selectors
from ..services.looks import find_person


class _Log(Guarded):
    permission = Permission.SEE_ACCESS_LOG

    @cached_property
    def form(self) -> LookFilter:
        return LookFilter(self.request.GET, readers=selectors.readers(self.access))

    @cached_property
    def wanted(self) -> selectors.Wanted:
        self.form.is_valid()
        data = self.form.cleaned_data  # what is wrong is said beside its field, and filters nothing
        asked = data.get("persona", "")
        return selectors.Wanted(
            person=selectors.person_for_log(self.access, asked) if asked else None,
            reader=data.get("chi", ""),
            since=data.get("dal"),
            until=data.get("al"),
            kind=data.get("tipo", ""),
            only_reasons=data.get("solo") == "motivo",
            only_out_of_hours=data.get("solo") == "orario",
        )


class Looks(_Log, Page):
    template_name = "privacy/looks.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines, page = selectors.looks_page(self.access, self.request.GET, self.wanted)
        if self.wanted.person:
            audit.look(Look.Kind.DETAIL, self.wanted.person, by=self.access, place="privacy:looks")
        return super().get_context_data(
            form=self.form,
            lines=lines,
            person=self.wanted.person,
            opens=OPENS,
            closes=CLOSES,
            many=MANY_IN_A_DAY,
            **file_urls("privacy:looks_file", self.request.GET),
            **page.urls(self.request.GET),
            **kwargs,
        )


class LooksFile(_Log):
    """The same choice as a file. Taking it away is a look of its own."""

    def get(self, request: HttpRequest, ending: str) -> Any:
        lines, rows = selectors.looks_file(self.access, self.wanted)
        head = [_("Quando"), _("Chi"), _("Che cosa"), _("Quante righe"), _("Dove"), _("Pagina"), _("Motivo"), _("Da notare")]
        response = table_response(ending, name=f"accessi-{timezone.localdate():%Y-%m-%d}", head=head, rows=selectors.cells(lines))
        audit.look(Look.Kind.EXPORT, rows, by=self.access, place="privacy:looks", subject_type="core.look")
        return response


class FindPerson(FormPage):
    """From a codice fiscale to who looked at that person."""

    permission = Permission.SEE_ACCESS_LOG
    form_class = FindPersonForm
    title = gettext_lazy("Chi ha guardato una persona")
    lead = gettext_lazy(
        "Serve il suo codice fiscale intero: qui non si scorrono elenchi di persone. Anche questa ricerca resta nel registro."
    )
    button = gettext_lazy("Cerca")

    def back(self) -> str:
        return reverse("privacy:looks")

    def act(self, form: Any) -> str:
        person = find_person(code=form.cleaned_data["codice_fiscale"], by=self.access, today=timezone.localdate())
        return f"{self.back()}?persona={person.public_id}"
