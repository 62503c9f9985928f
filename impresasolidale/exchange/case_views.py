"""The page of the Cartella Sociale: what is missing in whose case, and the file of the year or of one person."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.errors import DomainError
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Guarded, Page, SeeOther
from placements.attendance.views.allowances import OfYear
from placements.beneficiaries.selectors import note_export, note_list
from placements.beneficiaries.views._base import OfPerson

from . import case_files

MOST_SHOWN = 50


class OfCases(OfYear):
    access: Any
    permission: str | None = P.KEEP_CASE_FILE
    file_name = "exchange:case_files_file"

    @cached_property
    def files(self) -> list[case_files.CaseFile]:
        today = timezone.localdate()
        people = list(case_files.people_of_year(self.access, self.year, on=today))
        return case_files.case_files(self.access, people, on=today)


class CaseFiles(OfCases, Page):
    template_name = "exchange/case_files.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        open_ones = [file for file in self.files if file.gaps]
        shown = open_ones[:MOST_SHOWN]
        note_list(self.access, [file.person for file in shown], place="exchange:case_files")
        return super().get_context_data(
            year=str(self.year),
            people=len(self.files),
            steps=sum(len(file.steps) for file in self.files),
            rows=shown,
            more=len(open_ones) - len(shown),
            open_ones=len(open_ones),
            **self.links(),
            **kwargs,
        )


def _answer(view: Any, files: list[case_files.CaseFile], *, kind: str, name: str, back: str, place: str) -> HttpResponseBase:
    """The file, and the look that says who has it; where rule 62 blocks, the way back with what is missing."""
    try:
        case_files.check_whole(view.access, files, on=timezone.localdate())
    except DomainError as error:
        messages.error(view.request, str(error.words))
        return SeeOther(back)
    head, rows = case_files.table_of(files)
    response = table_response(kind, name=name, head=head, rows=rows)
    note_export(view.access, [file.person for file in files], place=place)
    return response


class CaseFilesFile(OfCases, Guarded):
    def get(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        back = f"{reverse('exchange:case_files')}?anno={self.year}"
        return _answer(self, self.files, kind=kind, name=f"cartella-sociale-{self.year}", back=back, place=self.file_name)


class OneCaseFile(OfPerson, Guarded):
    """One person's: of somebody the user does not follow, a reason is asked first."""

    permission = P.KEEP_CASE_FILE

    def get(self, request: HttpRequest, kind: str, **kwargs: Any) -> HttpResponseBase:
        files = case_files.case_files(self.access, [self.beneficiary], on=timezone.localdate())
        back = reverse("beneficiaries:documents", args=[self.beneficiary.public_id])
        return _answer(self, files, kind=kind, name="cartella-sociale", back=back, place="exchange:case_file")
