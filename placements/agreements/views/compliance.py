"""Pages about covers, the register of communications, evidence of safety, places outside the seat, copies and replacement of staff."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from companies.hosts.selectors import company_for
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.forms import ReasonForm
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Action, Guarded, Page, SeeOther, ServiceForm, serve_upload
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.views import AsksReason, OfPerson

from .. import compliance_selectors as reads
from .. import services
from ..compliance_forms import (
    CopiesForm,
    CoverForm,
    FitnessForm,
    FlagForm,
    MotiveForm,
    OutcomeForm,
    OutsideForm,
    RegisterFilters,
    SentForm,
    ShortenForm,
    ToldForm,
    TrainingForm,
)
from ..enums import HOSTED, CommunicationKind, CoverKind, Sender
from ..models import Communication, Cover, OutsidePlace, Placement, SafetyEvidence
from ..selectors import papers_of, placement_for
from . import OfPlacement
from .papers import OfDocument

# --- Covers


class Covers(Page):
    permission = Permission.SEE_PLACEMENTS
    template_name = "agreements/covers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            board=reads.cover_board(self.access, today), today=today, may_add=self.access.may(Permission.RECORD_PROTOCOL), **kwargs
        )


class NewCover(AsksReason, ServiceForm):
    permission = Permission.RECORD_PROTOCOL
    template_name = "agreements/cover_new.html"
    form_class = CoverForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "access": self.access}

    def get_initial(self) -> dict[str, Any]:
        wanted = self.request.GET.get("tipo", "")
        return {"kind": wanted if wanted in CoverKind.values else None, "company": self.company}

    @property
    def company(self) -> UUID | None:
        """The host the light asked for."""
        try:
            return company_for(self.access, UUID(self.request.GET["impresa"])).public_id
        except (KeyError, ValueError):
            return None

    @cached_property
    def placement(self) -> Placement | None:
        """Whose light asked for it."""
        try:
            return placement_for(self.access, UUID(self.request.GET["tirocinio"]))
        except (KeyError, ValueError):
            return None

    def who(self) -> Beneficiary | None:
        return self.placement.beneficiary if self.placement else None

    @property
    def back_url(self) -> str:
        return reverse("agreements:detail", args=[self.placement.public_id]) if self.placement else reverse("agreements:covers")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_url=self.back_url, **kwargs)

    def act(self, form: Any) -> str:
        services.add_cover(by=self.access, today=timezone.localdate(), asked_by=self.placement, **form.cleaned_data)
        messages.success(
            self.request,
            _("La copertura è registrata: questo semaforo è aggiornato, quelli degli altri tirocini lo saranno tra poco.")
            if self.placement
            else _("La copertura è registrata: i semafori si aggiornano tra poco."),
        )
        return self.back_url


class _ChangesCover(ServiceForm):
    permission = Permission.RECORD_PROTOCOL
    template_name = "confirm.html"

    @cached_property
    def cover(self) -> Cover:
        return reads.cover_for(self.access, self.kwargs["public_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"kind": self.cover.get_kind_display(), "number": self.cover.number, "insurer": self.cover.insurer}
        return super().get_context_data(
            text=_("%(kind)s, %(number)s, %(insurer)s.") % words,
            consequences=[
                _("I semafori dei tirocini che contavano su questa copertura si aggiornano tra poco."),
                _("Chi è in corso e resta scoperto compare fra le cose da fare di coordinatore e assistente sociale."),
            ],
            back_url=reverse("agreements:covers"),
            danger=True,
            **kwargs,
        )


class ShortenCover(_ChangesCover):
    form_class = ShortenForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("La copertura finisce prima"), action=_("Accorcia la copertura"), **kwargs)

    def act(self, form: Any) -> str:
        services.shorten_cover(cover=self.cover, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("La copertura è accorciata: tra poco vedi qui sotto chi resta scoperto."))
        return reverse("agreements:covers")


class WithdrawCover(_ChangesCover):
    form_class = ReasonForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Ritira la copertura"), action=_("Ritira la copertura"), **kwargs)

    def act(self, form: Any) -> str:
        services.withdraw_cover(cover=self.cover, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("La copertura è ritirata: tra poco vedi qui sotto chi resta scoperto."))
        return reverse("agreements:covers")


# --- The register of communications


class Communications(Page):
    permission = Permission.SEE_PLACEMENTS
    template_name = "agreements/communications.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = RegisterFilters(self.request.GET or None)
        wanted = form.wanted()
        page = reads.communications_page(self.access, self.request.GET, today=timezone.localdate(), **wanted)
        query = self.request.GET.urlencode()
        return super().get_context_data(
            form=form,
            rows=page.rows,
            filtered=any(wanted.values()),
            may_record=self.access.may(Permission.RECORD_PROTOCOL),
            file_url=reverse("agreements:communications_file") + (f"?{query}" if query else ""),
            **page.urls(self.request.GET),
            **kwargs,
        )


class CommunicationsFile(Guarded):
    """What the filter shows, as CSV for a spreadsheet."""

    permission = Permission.SEE_PLACEMENTS

    def get(self, request: HttpRequest) -> HttpResponseBase:
        today = timezone.localdate()
        rows = reads.communications_file(self.access, today=today, **RegisterFilters(request.GET or None).wanted())
        head = [_("Persona"), _("Impresa"), _("Che cosa comunica"), _("Giorno del fatto"), _("Da inviare entro"), _("Stato")]
        head += [_("Giorni di ritardo"), _("Inviata il"), _("Codice"), _("Protocollo"), _("Chi la invia"), _("Motivo")]
        lines: list[list[Any]] = [
            [
                *(str(row.placement.beneficiary), str(row.placement.company), row.get_kind_display(), row.about_on, row.due_on),
                *(row.state_now.label, row.days_late, row.sent_on, row.code, row.protocol, row.get_sender_display()),  # type: ignore[attr-defined]
                row.exempt_motive or row.annulled_reason,
            ]
            for row in rows
        ]
        return table_response("csv", name=f"comunicazioni-{today:%Y-%m-%d}", head=head, rows=lines)


class _OfCommunication(ServiceForm):
    """`self.communication` is the line of the URL."""

    permission = Permission.RECORD_PROTOCOL
    template_name = "agreements/communication.html"

    @cached_property
    def communication(self) -> Communication:
        return reads.communication_for(self.access, self.kwargs["public_id"])

    @property
    def placement(self) -> Placement:
        return self.communication.placement

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = reads.told([self.communication], timezone.localdate())[0]
        values = {"communication": row, "placement": row.placement, "back_url": reverse("agreements:communications")}
        return super().get_context_data(**{**values, **kwargs})

    def done(self, words: str) -> str:
        messages.success(self.request, words)
        return reverse("agreements:detail", args=[self.placement.public_id])


class CommunicationSent(_OfCommunication):
    form_class = SentForm

    def get_initial(self) -> dict[str, Any]:
        sender = self.communication.sender
        return {"sent_on": timezone.localdate(), "sender": "" if sender == Sender.EXEMPT else sender}

    def act(self, form: Any) -> str:
        services.record_sent(communication=self.communication, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("L'invio è registrato: il semaforo è aggiornato."))
        return reverse("agreements:communications")


class StartCommunication(OfPlacement, ServiceForm):
    """The start light's way in: the line about the start, made now if it is not in the register yet."""

    permission = Permission.RECORD_PROTOCOL
    template_name = "agreements/communication.html"
    form_class = SentForm

    @cached_property
    def there(self) -> Communication | None:
        rows = reads.communications_of(self.placement, timezone.localdate())
        return next((row for row in rows if row.kind == CommunicationKind.START and row.annulled_at is None), None)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.there:
            return SeeOther(reverse("agreements:communication_sent", args=[self.there.public_id]))
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"sent_on": timezone.localdate(), "sender": self.placement.rulebook.rules.communication_sender}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(communication=None, **kwargs)

    def act(self, form: Any) -> str:
        row = services.start_communication(placement=self.placement, by=self.access)
        services.record_sent(communication=row, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("L'invio è registrato: il semaforo è aggiornato."))
        return self.detail_url


class CommunicationExempt(_OfCommunication):
    template_name = "confirm.html"
    form_class = MotiveForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("La comunicazione non è dovuta"),
            text=_("%(person)s, presso %(company)s.") % {"person": self.placement.beneficiary, "company": self.placement.company},
            consequences=[_("Resta scritto chi lo ha valutato, quando e perché (regola 22).")],
            action=_("Registra che non è dovuta"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.record_exempt(communication=self.communication, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        return self.done(_("È scritto che la comunicazione non è dovuta, e perché."))


class CommunicationAnnul(_OfCommunication):
    template_name = "confirm.html"
    form_class = ReasonForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Correggi questa comunicazione"),
            text=_("%(person)s, presso %(company)s.") % {"person": self.placement.beneficiary, "company": self.placement.company},
            consequences=[
                _("La riga resta nel registro come annullata, con il motivo."),
                _("Al suo posto se ne apre una nuova, da inviare."),
            ],
            action=_("Annulla e riapri"),
            danger=True,
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.annul_communication(communication=self.communication, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        return self.done(_("La comunicazione è annullata: quella nuova è da inviare."))


# --- Evidence of safety


class _OfPersonsSafety(OfPlacement, ServiceForm):
    """A form about the person of a placement, beside what is known of them already."""

    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/safety_form.html"

    @cached_property
    def evidence(self) -> list[SafetyEvidence]:
        return reads.evidence_of(self.access, self.placement.beneficiary)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = [row for row in self.evidence if row.annulled_at is None]
        return super().get_context_data(known=known, today=timezone.localdate(), **kwargs)


class Training(_OfPersonsSafety):
    form_class = TrainingForm

    def get_form_kwargs(self) -> dict[str, Any]:
        enough = self.placement.rulebook.rules.safety_hours_general
        return {**super().get_form_kwargs(), "knows_general": reads.general_hours(self.evidence) >= enough}

    def get_initial(self) -> dict[str, Any]:
        return {"risk_class": self.placement.company.risk_class}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Formazione sulla sicurezza"),
            lead=_("Vale per ogni tirocinio della persona: la generale per sempre, la specifica finché non scade."),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        d = form.cleaned_data
        services.record_training(
            beneficiary=self.placement.beneficiary,
            by=self.access,
            today=timezone.localdate(),
            general_hours=d.get("general_hours"),
            **{name: d[name] for name in ("done_on", "specific_hours", "risk_class", "provider", "certificate")},
        )
        messages.success(self.request, _("Salvato: il semaforo è aggiornato."))
        return self.detail_url


class Fitness(_OfPersonsSafety):
    form_class = FitnessForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.placement.row_version}

    def get_initial(self) -> dict[str, Any]:
        return {"needed": self.placement.needs_fitness}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Idoneità medica"), lead=_("Serve quando l'impresa la prevede per quelle attività."), **kwargs
        )

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if form.is_stale else 422)

    def act(self, form: Any) -> str:
        d, today = form.cleaned_data, timezone.localdate()
        services.set_fitness_needed(placement=self.placement, needed=d["needed"], row_version=d["row_version"], by=self.access, today=today)
        if d["done_on"]:
            found = {name: d[name] for name in ("done_on", "valid_to", "provider", "certificate")}
            services.record_fitness(beneficiary=self.placement.beneficiary, by=self.access, today=today, **found)
        messages.success(self.request, _("Salvato: il semaforo è aggiornato."))
        return self.detail_url


class Safety(OfPerson, Page):
    """All evidence of a person's safety."""

    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/safety.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            person=self.beneficiary,
            rows=reads.evidence_of(self.access, self.beneficiary),
            latest=reads.latest_placement(self.access, self.beneficiary),
            today=timezone.localdate(),
            **kwargs,
        )


class _OfEvidence(AsksReason):
    kwargs: dict[str, Any]
    access: Any

    @cached_property
    def evidence(self) -> SafetyEvidence:
        return reads.evidence_for(self.access, self.kwargs["public_id"])

    @property
    def list_url(self) -> str:
        return reverse("agreements:safety", args=[self.evidence.beneficiary.public_id])


class AnnulEvidence(_OfEvidence, ServiceForm):
    permission = Permission.PREPARE_PLACEMENTS
    template_name = "confirm.html"
    form_class = ReasonForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Annulla questo attestato"),
            text=_("%(what)s di %(person)s.") % {"what": self.evidence.get_kind_display(), "person": self.evidence.beneficiary},
            consequences=[_("Resta scritto, con il motivo, ma non conta più: i semafori si aggiornano.")],
            action=_("Annulla l'attestato"),
            danger=True,
            back_url=self.list_url,
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.annul_evidence(evidence=self.evidence, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("L'attestato è annullato."))
        return self.list_url


class EvidenceFile(_OfEvidence, Guarded):
    permission = Permission.PREPARE_PLACEMENTS

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        if self.evidence.certificate is None:
            raise Http404
        return serve_upload(self.evidence.certificate, by=self.access)


# --- Places outside, copies, replacement of staff


class Duties(OfPlacement, Page):
    """The register's lines, places outside, copies and flags of one placement: a page, and the part of the placement's that shows them."""

    permission = Permission.SEE_PLACEMENTS
    template_name = "agreements/duties.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        placement, papers = self.placement, papers_of(self.placement)
        return super().get_context_data(
            duties=reads.duties_of(placement, timezone.localdate(), papers[0].document if papers else None),
            may_prepare=self.access.may(Permission.PREPARE_PLACEMENTS),
            may_record=self.access.may(Permission.RECORD_PROTOCOL),
            may_flag=placement.is_watched,
            may_follow_accidents=self.access.may(Permission.FOLLOW_ACCIDENTS) and placement.state in HOSTED,
            **kwargs,
        )


class OutsidePlaces(OfPlacement, ServiceForm):
    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/outside.html"
    form_class = OutsideForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(places=reads.places_of(self.placement), **kwargs)

    def act(self, form: Any) -> str:
        services.add_outside_place(placement=self.placement, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Il luogo è scritto: il semaforo è aggiornato."))
        return reverse("agreements:outside", args=[self.placement.public_id])


class _OfPlace:
    kwargs: dict[str, Any]
    access: Any

    @cached_property
    def place(self) -> OutsidePlace:
        return reads.place_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("agreements:outside", args=[self.place.placement.public_id])


class InsurerTold(_OfPlace, ServiceForm):
    permission = Permission.PREPARE_PLACEMENTS
    template_name = "agreements/fact.html"
    form_class = ToldForm

    def get_initial(self) -> dict[str, Any]:
        return {"told_on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            placement=self.place.placement,
            title=_("Assicuratore avvisato"),
            lead=_("%(kind)s: %(address)s") % {"kind": self.place.get_kind_display(), "address": self.place.address},
            back_url=self.back(),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.record_insurer_told(place=self.place, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Salvato: il semaforo è aggiornato."))
        return self.back()


class RemoveOutside(_OfPlace, Action):
    permission = Permission.PREPARE_PLACEMENTS

    def act(self) -> str:
        back = self.back()
        services.remove_outside_place(place=self.place, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il luogo è tolto."))
        return back


class Copies(OfDocument, ServiceForm):
    """The three days on which the copies of a paper of a placement were handed over (rule 30)."""

    permission = Permission.RECORD_PROTOCOL
    template_name = "agreements/copies.html"
    form_class = CopiesForm

    @cached_property
    def placement(self) -> Placement:
        subject = self._found[1]
        if not isinstance(subject, Placement):
            raise Http404
        return subject

    def get_initial(self) -> dict[str, Any]:
        return dict(reads.copies_of(self.document))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(placement=self.placement, **kwargs)

    def act(self, form: Any) -> str:
        services.record_copies(
            document=self.document, placement=self.placement, days=form.cleaned_data, by=self.access, today=timezone.localdate()
        )
        messages.success(self.request, _("I giorni delle copie sono scritti."))
        return self.detail_url


class Replacement(OfPlacement, ServiceForm):
    """Say that the person seems to stand in for staff; or, while that is open, say what was found out."""

    permission = Permission.SEE_PLACEMENTS
    template_name = "agreements/fact.html"

    @cached_property
    def flag(self) -> Any:
        return reads.open_flag(self.placement)

    def get_form_class(self) -> Any:
        if self.flag is None:
            return FlagForm
        self.access.require(Permission.PREPARE_PLACEMENTS)
        return OutcomeForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = _("Chiarisci la segnalazione") if self.flag else _("Sembra che sostituisca personale?")
        lead = (
            _("Segnalato il %(day)s: %(reason)s") % {"day": f"{self.flag.raised_on:%d/%m/%Y}", "reason": self.flag.reason}
            if self.flag
            else _("Il tirocinio non prende il posto di chi lavora (regola 27). Scrivi che cosa hai visto: se ne parla con l'impresa.")
        )
        return super().get_context_data(title=title, lead=lead, **kwargs)

    def act(self, form: Any) -> str:
        d, today = form.cleaned_data, timezone.localdate()
        if self.flag:
            services.clear_replacement(placement=self.placement, outcome=d["outcome"], by=self.access, today=today)
            messages.success(self.request, _("Il chiarimento è scritto."))
        else:
            services.flag_replacement(placement=self.placement, reason=d["reason"], by=self.access, today=today)
            messages.success(self.request, _("La segnalazione è scritta: la vede chi segue il tirocinio."))
        return self.detail_url
