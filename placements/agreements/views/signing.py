"""The office's pages about signatures: one paper's round, ways of signing, all papers that wait, powers."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import sms
from impresasolidale.core.models import Message
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm, serve_document
from placements.beneficiaries.views import AsksReason

from .. import services, signing_selectors
from ..enums import SignatureMethod, SignerRole
from ..forms_signing import AskForm, DigitalForm, EditPowerForm, PowerFilters, PowerForm, TabletForm, WaitingFilters, written
from ..models import SigningPower
from ..services import requests
from .papers import OfDocument


class OfRound(OfDocument):
    """`self.round`: the signatures of the paper in the URL."""

    @cached_property
    def round(self) -> signing_selectors.Round:
        return signing_selectors.round_of(self.document, self.subject, now=timezone.now())

    @property
    def about(self) -> str:
        """Whom the paper is of, in words."""
        person = getattr(self.subject, "beneficiary", None)
        if person is None:
            return str(self.subject.company)
        return _("%(person)s, presso %(company)s") % {"person": person, "company": self.subject.company}

    @property
    def url(self) -> str:
        return reverse("agreements:signing", args=[self.document.public_id])


class Signing(OfRound, Page):
    permission = Permission.SEE_PLACEMENTS
    template_name = "agreements/signing/round.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found, may = self.round, self.access.may(Permission.RECORD_SIGNATURES)
        return super().get_context_data(
            round=found,
            lead=self.about,
            may_sign=may and found.is_waiting,
            by_link=SignatureMethod.LINK in found.ways,
            by_tablet=SignatureMethod.TABLET in found.ways,
            nobody_asked=found.is_waiting and not any(party.request for party in found.missing),
            **kwargs,
        )


class AskAll(OfRound, Action):
    permission = Permission.RECORD_SIGNATURES

    def act(self) -> str:
        sent, left = services.ask_everybody(document=self.document, by=self.access, today=timezone.localdate())
        if sent:
            words = ngettext("È partita %(n)d richiesta di firma.", "Sono partite %(n)d richieste di firma.", sent)
            messages.success(self.request, words % {"n": sent})
        for line in left:
            messages.warning(self.request, line)
        return self.url

    def back(self) -> str:
        return self.url


class OfParty(OfRound):
    """`self.party`: the one of the URL, which has not signed yet."""

    @cached_property
    def party(self) -> signing_selectors.PartyRow:
        found = next((p for p in self.round.missing if p.role == self.kwargs["role"]), None)
        if found is None:
            raise Http404
        return found

    @cached_property
    def powers(self) -> list[SigningPower]:
        return requests.powers_of(self.subject, self.party.role)

    def signs_kwargs(self) -> dict[str, Any]:
        role, today = self.party.role, timezone.localdate()
        has_powers = role in (SignerRole.PROMOTER, SignerRole.HOST)
        return {
            "powers": signing_selectors.powers_among(self.powers, today) if has_powers else None,
            "must_have_power": role == SignerRole.PROMOTER,
            "who": _("%(name)s, legale rappresentante") % {"name": self.subject.company.representative or self.subject.company},
            "asks_name": not has_powers and not self.party.name,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            party=self.party,
            round_url=self.url,
            has_no_power=self.party.role == SignerRole.PROMOTER and not any(p.is_in_force(today) for p in self.powers),
            expired=[p for p in self.powers if p.valid_to and p.valid_to < today],
            **{"back_url": self.url, **kwargs},
        )


class Ask(OfParty, ServiceForm):
    """Send the link, change where it goes, choose a deputy: one form."""

    permission = Permission.RECORD_SIGNATURES
    template_name = "agreements/signing/ask.html"
    form_class = AskForm

    def get_form_kwargs(self) -> dict[str, Any]:
        has_sms = sms.is_available(self.access.ambito_id, timezone.localdate())
        return {**super().get_form_kwargs(), **self.signs_kwargs(), "has_sms": has_sms}

    def get_initial(self) -> dict[str, Any]:
        row = self.party.request
        if row:
            return {"channel": row.channel, "address": row.address, "power": row.power.public_id if row.power else None}
        known = [a for a in requests.contacts(self.subject, self.party.role, timezone.localdate()) if a]
        power = next((p for p in self.powers if p.is_in_force(timezone.localdate())), None)
        first = next((a for a in known if "@" in a), known[0] if known else "")
        channel = Message.Channel.EMAIL if "@" in first or not first else Message.Channel.SMS
        return {"channel": channel, "address": first, "power": power.public_id if power else None}

    def act(self, form: Any) -> str:
        d = form.cleaned_data
        services.ask_signature(
            document=self.document,
            role=self.party.role,
            channel=Message.Channel(d["channel"]),
            address=d["address"],
            by=self.access,
            today=timezone.localdate(),
            **form.signs(),
        )
        messages.success(self.request, _("Il collegamento per firmare è partito."))
        return self.url


class AskAgain(OfParty, Action):
    """The same link once more, to the same address."""

    permission = Permission.RECORD_SIGNATURES

    def act(self) -> str:
        row = self.party.request
        if row is None:
            raise Http404
        services.ask_signature(
            document=self.document,
            role=row.role,
            channel=Message.Channel(row.channel),
            address=row.address,
            power=row.power,
            name=row.signer,
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("Il collegamento è partito di nuovo: quello di prima non vale più."))
        return self.url

    def back(self) -> str:
        return self.url


class Tablet(OfParty, ServiceForm):
    permission = Permission.RECORD_SIGNATURES
    template_name = "agreements/signing/tablet.html"
    form_class = TabletForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), **self.signs_kwargs()}

    def act(self, form: Any) -> str:
        d = form.cleaned_data
        services.record_drawn(
            document=self.document,
            role=self.party.role,
            drawing=d["drawing"],
            identity=d["identity"],
            has_read=d["has_read"],
            by=self.access,
            now=timezone.now(),
            today=timezone.localdate(),
            **form.signs(),
        )
        messages.success(self.request, _("La firma è registrata."))
        return self.url


class Digital(OfParty, ServiceForm):
    permission = Permission.RECORD_SIGNATURES
    template_name = "agreements/signing/digital.html"
    form_class = DigitalForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), **self.signs_kwargs()}

    def act(self, form: Any) -> str:
        services.record_digital(
            document=self.document,
            role=self.party.role,
            file=form.cleaned_data["file"],
            by=self.access,
            now=timezone.now(),
            today=timezone.localdate(),
            **form.signs(),
        )
        messages.success(self.request, _("La firma digitale è controllata e registrata."))
        return self.url


class Copy(AsksReason, Guarded):
    """The signed copy."""

    permission = Permission.SEE_PLACEMENTS

    def get(self, request: Any, **kwargs: Any) -> FileResponse:
        return serve_document(signing_selectors.copy_for(self.access, self.kwargs["public_id"]), by=self.access)


class Waiting(Page):
    """All papers that wait for signatures."""

    permission = Permission.SEE_PLACEMENTS
    template_name = "agreements/signing/waiting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = WaitingFilters(self.request.GET or None)
        wanted = form.cleaned_data if form.is_valid() else {}
        which, text = wanted.get("stato", ""), wanted.get("q", "")
        page = signing_selectors.waiting_papers(self.access, self.request.GET, which=which, text=text)
        return super().get_context_data(form=form, rows=page.rows, filtered=bool(which or text), **page.urls(self.request.GET), **kwargs)


class Powers(Page):
    permission = Permission.SEE_PLACEMENTS
    template_name = "agreements/signing/powers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = PowerFilters(self.request.GET or None)
        wanted = form.cleaned_data if form.is_valid() else {}
        text, past, today = wanted.get("q", ""), wanted.get("anche_scaduti", False), timezone.localdate()
        page = signing_selectors.powers_page(self.access, self.request.GET, on=today, text=text, past=past)
        return super().get_context_data(
            form=form,
            rows=page.rows,
            today=today,
            filtered=bool(text or past),
            may_edit=self.access.may(Permission.RECORD_SIGNATURES),
            **page.urls(self.request.GET),
            **kwargs,
        )


class WritesPower(ServiceForm):
    permission = Permission.RECORD_SIGNATURES
    template_name = "agreements/signing/power.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"power": None, "owner": "", "back_url": reverse("agreements:powers"), **kwargs})

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if getattr(form, "is_stale", False) else 422)


class NewPower(WritesPower):
    form_class = PowerForm

    @cached_property
    def owners(self) -> Any:
        return signing_selectors.power_owners(self.access)

    def get_form_kwargs(self) -> dict[str, Any]:
        companies, body = self.owners
        chosen = PowerForm.chosen(self.request.POST or self.request.GET, companies) or body
        deputies = signing_selectors.deputies_choice(self.access, chosen, timezone.localdate())
        names = {"companies": companies, "body_name": str(body or ""), "deputies": deputies}
        return {**super().get_form_kwargs(), **names}

    def get_initial(self) -> dict[str, Any]:
        return {"company": self.request.GET.get("company", ""), "valid_from": timezone.localdate()}

    def act(self, form: Any) -> str:
        of = form.cleaned_data["company"] or self.owners[1]
        if of is None:
            raise Http404
        services.add_power(of=of, data=services.PowerData(**form.values()), by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il potere di firma è scritto."))
        return reverse("agreements:powers")


class EditPower(WritesPower):
    form_class = EditPowerForm

    @cached_property
    def power(self) -> SigningPower:
        return signing_selectors.power_for(self.access, self.kwargs["public_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        of: Any = self.power.company or self.power.body
        return {
            **super().get_form_kwargs(),
            "current_version": self.power.row_version,
            "companies": None,
            "body_name": "",
            "deputies": signing_selectors.deputies_choice(self.access, of, timezone.localdate()).exclude(pk=self.power.pk),
        }

    def get_initial(self) -> dict[str, Any]:
        return written(self.power)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(power=self.power, owner=str(self.power.company or self.power.body), **kwargs)

    def act(self, form: Any) -> str:
        services.edit_power(
            power=self.power,
            data=services.PowerData(**form.values()),
            row_version=form.cleaned_data["row_version"],
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("Il potere di firma è salvato."))
        return reverse("agreements:powers")
