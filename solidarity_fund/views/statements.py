"""Pages of bank statements: the list of lines, the files, one line and what it may be."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.errors import Conflict
from impresasolidale.core.forms import ReasonForm
from impresasolidale.core.spreadsheets import file_urls, table_response
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Pot

from ..forms import statements as forms
from ..forms.common import donor_labels, pot_choices
from ..models import BankLine, Pledge, StatementFile
from ..selectors import donors, holder
from ..selectors import statements as selectors
from ..selectors.criteria import purposes_of
from ..services import lines as services
from ..services import statements as reading
from ..transitions import BANK_LINE

OVERTAKEN = gettext_lazy("Nel frattempo qualcosa è cambiato: guarda com'è adesso.")


def wanted_by(query: Any) -> tuple[forms.LineFilter, selectors.Wanted]:
    form = forms.LineFilter(query or None)
    data = form.cleaned_data if form.is_valid() else {}
    return form, selectors.Wanted(data.get("stato", ""), data.get("verso", ""), data.get("dal"), data.get("al"))


class Lines(Page):
    template_name = "solidarity_fund/lines.html"
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        form, wanted = wanted_by(query)
        page = selectors.lines_page(self.access, query, wanted)
        return super().get_context_data(
            lines=page.rows,
            totals=selectors.totals(self.access, wanted),
            compared=selectors.bank_and_ledger(self.access),
            filter=form,
            is_filtered=wanted.is_any,
            pager=page.urls(query),
            files=file_urls("solidarity_fund:lines_file", query),
            **kwargs,
        )


class LinesFile(Guarded):
    permission = Permission.RECORD_CONTRIBUTIONS

    def get(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        _form, wanted = wanted_by(request.GET)
        rows = selectors.lines(self.access, wanted).order_by("-booked_on", "-id")
        head = [_("Giorno"), _("Chi"), _("Causale"), _("Riferimento"), _("Importo"), _("Stato"), _("Donatore")]
        return table_response(kind, name="estratti-conto", head=head, rows=(_cells(row) for row in rows.iterator(chunk_size=500)))


def _cells(row: BankLine) -> list[Any]:
    donor = row.contribution.donor.name if row.contribution else ""
    return [row.booked_on, row.name, row.words, row.reference, row.amount, str(row.get_state_display()), donor]


class Files(Page):
    template_name = "solidarity_fund/statement_files.html"
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(files=selectors.files(self.access), **kwargs)


class HandIn(ServiceForm):
    template_name = "solidarity_fund/hand_in.html"
    form_class = forms.StatementForm
    permission = Permission.RECORD_CONTRIBUTIONS

    @cached_property
    def holder(self) -> Any:
        return holder.holder_on(self.access, timezone.localdate())

    def get_initial(self) -> dict[str, Any]:
        by_treasurer = self.holder and self.holder.way_in == "treasurer"
        return {"format": StatementFile.Format.GIORNALE if by_treasurer else StatementFile.Format.CAMT}

    def get_form_kwargs(self) -> dict[str, Any]:
        layout = selectors.layout_of(self.access, self.holder, StatementFile.Format.BANK_TABLE) if self.holder else {}
        return {**super().get_form_kwargs(), "layout": layout}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(holder=self.holder, **kwargs)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        row = reading.hand_in(
            file=data["file"],
            file_format=data["format"],
            columns=form.columns,
            opening=data["opening"],
            closing=data["closing"],
            by=self.access,
            today=timezone.localdate(),
        )
        return reverse("solidarity_fund:statement_file", args=[row.public_id])


class FilePage(Page):
    """How far the reading is, then what was read, or why not."""

    template_name = "solidarity_fund/statement_file.html"
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = selectors.file_for(self.access, self.kwargs["public_id"])
        waits = row.state == StatementFile.State.WAITING
        return super().get_context_data(row=row, waits=waits, statements=selectors.statements_of(row), **kwargs)


class OfLine:
    kwargs: dict[str, Any]
    access: Any

    @cached_property
    def line(self) -> BankLine:
        return selectors.line_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("solidarity_fund:line", args=[self.line.public_id])


class LinePage(OfLine, Page):
    """One line: what it may be with the reasons, and a button each; or what it was decided to be."""

    template_name = "solidarity_fund/line.html"
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waits = self.line.state == BankLine.State.WAITING
        found = selectors.proposals(self.access, self.line) if waits else []
        return super().get_context_data(
            line=self.line,
            waits=waits,
            proposals=found,
            steps=[step.name for step in BANK_LINE.available(self.line.state, self.access)],
            **kwargs,
        )


class Confirm(OfLine, Action):
    """One press on a suggestion: it is looked up anew, and done once."""

    permission = Permission.RECORD_CONTRIBUTIONS

    def act(self) -> str:
        wanted = self.request.POST.get("proposta", "")
        found = selectors.proposal_of(self.access, self.line, wanted)
        if found is None:
            raise Conflict(OVERTAKEN)
        if found.entry:
            services.match_line(line=self.line, entry_id=found.entry.pk, by=self.access)
            messages.success(self.request, _("Abbinata: era già nel registro."))
        elif found.donor is None or found.pot is None or holder.holder_by_act(self.access, selectors.received_on(self.line)):
            return reverse("solidarity_fund:gift_of_line", args=[self.line.public_id]) + f"?proposta={wanted}"
        else:
            services.record_gift_of(
                line=self.line, donor=found.donor, pot=found.pot, pledge=found.pledge, by=self.access, today=timezone.localdate()
            )
            messages.success(self.request, _("Il dono di %(name)s è nel registro.") % {"name": found.donor.name})
        return reverse("solidarity_fund:lines") + "?stato=waiting"


class GiftOfLine(OfLine, ServiceForm):
    """What a press on the suggestion does not know is written by hand: who gave, the act that accepts it."""

    template_name = "solidarity_fund/gift_of_line.html"
    form_class = forms.GiftOfLineForm
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_initial(self) -> dict[str, Any]:
        found = self.proposal
        return {
            "pot": str(found.pot.public_id) if found and found.pot else "",
            "donor": str(found.donor.public_id) if found and found.donor else self.request.GET.get("donatore", ""),
        }

    @cached_property
    def proposal(self) -> selectors.Proposal | None:
        """The suggestion that led here."""
        return selectors.proposal_of(self.access, self.line, self.request.GET.get("proposta", ""))

    @property
    def pledge(self) -> Pledge | None:
        return self.proposal.pledge if self.proposal else None

    @cached_property
    def pots(self) -> list[Any]:
        return treasury.balances(self.access, use=Pot.Use.FUND)

    def get_form_kwargs(self) -> dict[str, Any]:
        self.donors = donors.donor_choices(self.access)
        pots = pot_choices(self.pots, purposes_of(self.access))
        return {**super().get_form_kwargs(), "donors": donor_labels(self.donors), "pots": pots}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        holder_by_act = holder.holder_by_act(self.access, selectors.received_on(self.line))
        return super().get_context_data(line=self.line, pledge=self.pledge, by_act=holder_by_act, back_url=self.back(), **kwargs)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        if self.request.GET.get("proposta") and self.proposal is None:
            raise Conflict(OVERTAKEN)
        donor = next(d for d in self.donors if str(d.public_id) == data["donor"])
        pot = treasury.pot_for(self.access, data["pot"], use=Pot.Use.FUND)
        pledge = self.pledge if self.pledge and self.pledge.donor_id == donor.pk else None
        services.record_gift_of(
            line=self.line, donor=donor, pot=pot, pledge=pledge, act=data["act"], by=self.access, today=timezone.localdate()
        )
        messages.success(self.request, _("Il dono di %(name)s è nel registro.") % {"name": donor.name})
        return reverse("solidarity_fund:lines") + "?stato=waiting"


class Ignore(OfLine, ServiceForm):
    template_name = "confirm.html"
    form_class = ReasonForm
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Lascia da parte la riga"),
            text=_("Per ciò che non è del registro del fondo: spese del conto, giroconti. Resta nell'elenco, con il motivo."),
            action=_("Lascia da parte"),
            back_url=self.back(),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.ignore_line(line=self.line, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("Lasciata da parte, con il motivo."))
        return reverse("solidarity_fund:lines") + "?stato=waiting"


class Undo(OfLine, ServiceForm):
    template_name = "confirm.html"
    form_class = ReasonForm
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        made = _("Il dono scritto da qui viene stornato, con la sua ricevuta se c'è.")
        kept = _("Niente cambia nel registro: la riga torna da abbinare.")
        return super().get_context_data(
            title=_("Annulla la scelta"),
            text=made if self.line.made else kept,
            action=_("Annulla la scelta"),
            danger=True,
            back_url=self.back(),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.undo_line(line=self.line, reason=form.cleaned_data["reason"], by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La riga è di nuovo da abbinare."))
        return self.back()
