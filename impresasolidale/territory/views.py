"""The rule book's pages, its proposals, the tariffs; and suggestions of comuni, for whoever is signed in."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from impresasolidale.core import four_eyes
from impresasolidale.core.views import Action, Page, ServiceForm

from . import forms, selectors, services
from .enums import ProposalState
from .models import Ambito, RuleBookProposal, RuleBookVersion
from .rules import Rules
from .selectors import search_comuni
from .transitions import PUBLISH_RULES, SEE_RULES
from .words import Row, Theme, differences, side_by_side, standing


@require_GET
def comune_options(request: HttpRequest) -> HttpResponse:
    """`GET ?q=…` answers lines of `<option>` for `core.forms.Suggest`."""
    return HttpResponse(format_html_join("\n", '<option value="{}">', ([str(c)] for c in search_comuni(request.GET.get("q", "")[:80]))))


class Room(Page):
    """A page of the rule book: its sections, and which of them is open."""

    permission = SEE_RULES
    section = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = {
            "rules": _("Regole"),
            "compare": _("Fra Ambiti"),
            "compare_dates": _("Fra due date"),
            "versions": _("Versioni"),
            "tariffs": _("Tariffe"),
        }
        sections = [{"label": label, "url": reverse(f"territory:{name}"), "active": name == self.section} for name, label in labels.items()]
        return super().get_context_data(sections=sections, may_publish=self.access.may(PUBLISH_RULES), today=timezone.localdate(), **kwargs)

    @cached_property
    def ambiti(self) -> list[Ambito]:
        return selectors.ambiti_of(self.access.network_id)

    def filters(self, kind: Any, **days: date) -> Any:
        """The filter form: the reader's own Ambito and these days when none was chosen."""
        query = self.request.GET.copy()
        for name, day in days.items():
            query[name] = query.get(name) or day.isoformat()
        own = self.access.ambito.code if self.access.ambito_id else forms.NETWORK
        if query.get("ambito") not in dict(forms.places(self.ambiti)):
            query["ambito"] = own
        return kind(query, ambiti=self.ambiti)

    def place(self, form: Any) -> Ambito | None:
        """The chosen Ambito; None is the network."""
        return next((a for a in self.ambiti if a.code == form.data["ambito"]), None)

    def book(self, place: Ambito | None, on: date) -> tuple[RuleBookVersion | None, Rules | None]:
        found = {owner: (version, rules) for owner, version, rules in selectors.books_on(self.access.network_id, on)}
        return found.get(place, (None, None))


class RuleBook(Room):
    template_name = "territory/rules.html"
    section = "rules"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = self.filters(forms.RuleFilters, al=timezone.localdate())
        on, place = forms.day_of(form, "al", timezone.localdate()), self.place(form)
        wanted = form.cleaned_data if form.is_valid() else {}
        version, rules = self.book(place, on)
        themes = _shown(rules, wanted) if rules else []
        return super().get_context_data(
            form=form,
            on=on,
            place=place,
            version=version,
            themes=themes,
            filtered=any(wanted.get(name) for name in ("tema", "q", "solo")),
            proposals=selectors.open_proposals(self.access.network_id, self.access.ambito_id),
            **kwargs,
        )


def _shown(rules: Rules, wanted: dict[str, Any]) -> list[tuple[Theme, list[dict[str, Any]]]]:
    """Themes with their rules as the page writes them, those the filters leave. Two columns: what we ship, and what is in force."""
    text, found = selectors.name_key(wanted.get("q", "")), []
    for theme, rows in side_by_side((Rules(), rules)):
        entries = []
        for rule, group in groupby(rows, key=lambda row: row.rule):
            severity, *values = group
            words = selectors.name_key(" ".join([str(rule.title), rule.source, *(row.label for row in values)]))
            changed = any(row.differs for row in (severity, *values))
            if (wanted.get("solo") and not changed) or (text and text not in words and text != str(rule.number)):
                continue
            entries.append(
                {
                    "rule": rule,
                    "severity": rules.severity(rule.number),
                    "does": severity.cells[1],
                    "values": [{"label": row.label, "now": row.cells[1], "shipped": row.cells[0] if row.differs else ""} for row in values],
                    "standing": standing(rule),
                    "changed": changed,
                }
            )
        if entries and wanted.get("tema") in {None, "", theme.code}:
            found.append((theme, entries))
    return found


class SideBySide(Room):
    """Rule books in columns: the rows that differ, or all of them."""

    template_name = "territory/compare.html"

    def columns(self) -> tuple[Any, list[tuple[str, Rules]]]:
        """The filter form, and (heading, rule book) of each column."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, columns = self.columns()
        everything = bool(form.is_valid() and form.cleaned_data["tutte"])
        themes = _rows(side_by_side([rules for _heading, rules in columns]), everything=everything) if len(columns) > 1 else []
        return super().get_context_data(form=form, headings=[heading for heading, _rules in columns], themes=themes, **kwargs)


def _rows(themes: Iterable[tuple[Theme, list[Row]]], *, everything: bool) -> list[tuple[Theme, list[Row]]]:
    """The rows that differ, or all; a theme without any is left out."""
    kept = [(theme, [row for row in rows if everything or row.differs]) for theme, rows in themes]
    return [(theme, rows) for theme, rows in kept if rows]


class CompareAmbiti(SideBySide):
    section = "compare"
    extra_context = {"by_date": False}

    def columns(self) -> tuple[Any, list[tuple[str, Rules]]]:
        form = self.filters(forms.CompareFilters, al=timezone.localdate())
        on = forms.day_of(form, "al", timezone.localdate())
        books = selectors.books_on(self.access.network_id, on)
        return form, [(str(owner), rules) for owner, _version, rules in books if owner]


class CompareDates(SideBySide):
    section = "compare_dates"
    extra_context = {"by_date": True}

    def columns(self) -> tuple[Any, list[tuple[str, Rules]]]:
        today = timezone.localdate()
        since = date(today.year, 1, 1)
        form = self.filters(forms.DatesFilters, dal=since, al=today)
        days = [forms.day_of(form, "dal", since), forms.day_of(form, "al", today)]
        books = [(day, self.book(self.place(form), day)[1]) for day in sorted(days)]
        return form, [(f"{day:%d/%m/%Y}", rules) for day, rules in books if rules]


class Versions(Room):
    template_name = "territory/versions.html"
    section = "versions"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = self.filters(forms.PlaceFilter)
        page = selectors.versions_of(self.access.network_id, self.place(form), self.request.GET)
        proposals = selectors.open_proposals(self.access.network_id, self.access.ambito_id)
        return super().get_context_data(form=form, page=page, proposals=proposals, **page.urls(self.request.GET), **kwargs)


# --- A new version


class Propose(ServiceForm):
    """`?per=rete` is the network's rule book, else that of the reader's Ambito. The first button shows what changes, the second asks."""

    permission = PUBLISH_RULES
    template_name = "territory/propose.html"
    form_class = forms.RuleBookForm

    @cached_property
    def place(self) -> Ambito | None:
        if self.request.GET.get("per") == forms.NETWORK or not self.access.ambito_id:
            return None
        return self.access.ambito

    @cached_property
    def base(self) -> Rules:
        return selectors.latest_rules(self.access.network_id, self.place)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "base": self.base}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(place=self.place, may_choose=bool(self.access.ambito_id), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            if "preview" in self.request.POST:
                return self.render_to_response(self.get_context_data(form=form, preview=self.preview(form)))
            return super().form_valid(form)
        except (ValidationError, services.DomainError) as error:
            form.add_domain_error(error)
            return self.refused(form, 422)

    def values(self, form: Any) -> dict[str, Any]:
        network = selectors.network_of(self.access.network_id)
        return {"network": network, "ambito": self.place, "valid_from": form.cleaned_data["valid_from"], "changes": form.changes}

    def preview(self, form: Any) -> list[tuple[str, list[Row]]]:
        return _told(services.check_proposal(**self.values(form), today=timezone.localdate()))

    def act(self, form: Any) -> str:
        def address(row: RuleBookProposal) -> str:
            return reverse("territory:proposal", args=[row.public_id])

        row = services.propose_rulebook(
            **self.values(form), act=form.cleaned_data["act"], by=self.access, today=timezone.localdate(), url=address
        )
        messages.success(self.request, _("Proposta fatta. Ora la legge e la approva un'altra persona."))
        return address(row)


def _told(merged: Iterable[tuple[Ambito | None, Rules, Rules]]) -> list[tuple[str, list[Row]]]:
    """(whose rule books, what changes): those that change in the same way stand together."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for owner, before, after in merged:
        found.setdefault(tuple(differences(before, after)), []).append(str(owner) if owner else _("regole comuni della rete"))
    return [(", ".join(names), list(rows)) for rows, names in found.items()]


class OfProposal:
    """A page of one proposal, of the network or of the reader's Ambito."""

    permission: str | None = PUBLISH_RULES
    access: Any
    kwargs: dict[str, Any]

    @cached_property
    def proposal(self) -> RuleBookProposal:
        return selectors.proposal_for(self.access.network_id, self.access.ambito_id, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("territory:proposal", args=[self.proposal.public_id])


class Proposal(OfProposal, Room):
    permission = SEE_RULES
    template_name = "territory/proposal.html"
    section = "versions"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, refusal, changes = self.proposal, "", []
        if row.state == ProposalState.OPEN:
            try:
                changes = _told(
                    services.merge_changes(network=row.network, ambito=row.ambito, valid_from=row.valid_from, changes=row.changes)
                )
            except ValidationError as error:
                refusal = " ".join(error.messages)
            if row.valid_from <= timezone.localdate():
                refusal = _("Il giorno da cui doveva valere è già arrivato: ritira la proposta e falla con un giorno nuovo.")
        return super().get_context_data(
            proposal=row, changes=changes, refusal=refusal, is_open=row.state == ProposalState.OPEN,
            is_mine=row.created_by_id == self.access.actor_id, reason=selectors.reason_of(row), **kwargs,
        )  # fmt: skip


class Approve(OfProposal, Action):
    def act(self) -> str:
        try:
            services.approve_proposal(proposal=self.proposal, by=self.access, today=timezone.localdate())
        except ValidationError as error:
            raise services.DomainError(" ".join(error.messages)) from error
        messages.success(self.request, _("Pubblicato: vale dal %(day)s.") % {"day": f"{self.proposal.valid_from:%d/%m/%Y}"})
        return reverse("territory:versions")


class Deciding(OfProposal, ServiceForm):
    template_name = "confirm.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.proposal.state != ProposalState.OPEN:
            raise Http404
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_url=self.back(), **kwargs)


class OutsideAct(Deciding):
    """A decision taken elsewhere is the second key."""

    form_class = forms.OutsideActForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Pubblica con un atto esterno"),
            text=_("Chi ha proposto può pubblicare da solo se un organo ha già deciso: scrivi quale atto."),
            consequences=[_("Il numero e la data dell'atto restano accanto alla versione, con il tuo nome.")],
            action=_("Pubblica"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        act = four_eyes.OutsideAct(form.cleaned_data["outside_number"], form.cleaned_data["outside_on"])
        try:
            services.approve_proposal(proposal=self.proposal, by=self.access, today=timezone.localdate(), outside=act)
        except ValidationError as error:
            raise services.DomainError(" ".join(error.messages)) from error
        messages.success(self.request, _("Pubblicato: vale dal %(day)s.") % {"day": f"{self.proposal.valid_from:%d/%m/%Y}"})
        return reverse("territory:versions")


class Withdraw(Deciding):
    form_class = forms.WithdrawForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Ritira la proposta"),
            text=str(self.proposal),
            consequences=[_("Non entra in vigore. La proposta e il motivo restano scritti.")],
            action=_("Ritira la proposta"),
            danger=True,
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.withdraw_proposal(proposal=self.proposal, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("La proposta è ritirata."))
        return self.back()


# --- Tariffs


class Tariffs(Room):
    template_name = "territory/tariffs.html"
    section = "tariffs"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tariffs=selectors.tariffs(timezone.localdate(), self.access.ambito_id), **kwargs)


class NewTariff(ServiceForm):
    permission = PUBLISH_RULES
    template_name = "territory/tariff_new.html"
    form_class = forms.TariffForm

    def act(self, form: Any) -> str:
        services.add_tariff(**form.cleaned_data, ambito=self.access.ambito, by=self.access)
        messages.success(self.request, _("Il nuovo valore è registrato."))
        return reverse("territory:tariffs")
