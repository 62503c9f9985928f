"""People, as the page that registers one does: from the referral to the person in charge."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from placements.beneficiaries.forms.people import NewPersonForm
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.services.people import AlreadyRegistered, register_beneficiary

from ..enums import ImportKind
from .base import Column, Known, RowKind


class People(RowKind):
    code = ImportKind.PEOPLE
    label = ImportKind.PEOPLE.label
    lead = _(
        "Una riga per persona. Serve il codice fiscale: data e luogo di nascita li ricaviamo noi. Chi importa diventa referente dei casi."
    )
    columns = (
        Column("codice_fiscale", ("cod fiscale", "codice fisc", "cf", "c f")),
        Column("last_name", ("cognome utente", "cognome beneficiario")),
        Column("first_name", ("nome utente", "nome beneficiario")),
        Column("birth_date", ("nato il", "nata il", "nascita", "data nasc")),
        Column("residence", ("comune", "residenza", "comune residenza", "citta", "residente a")),
        Column("address", ("via", "indirizzo residenza", "domicilio")),
        Column("phone", ("telefono", "tel", "cellulare", "cell", "recapito")),
        Column("email", ("mail", "e mail", "email")),
        Column("target_area", ("area", "tipologia", "target", "area utenza"), same=True),
        Column("schooling_completed", ("obbligo scolastico",)),
        Column("in_charge_note", ("motivo presa carico fuori ambito",), same=True),
        Column("emergency_name", ("contatto emergenza", "familiare")),
        Column("emergency_phone", ("telefono emergenza", "telefono familiare")),
        Column("referral_service", ("servizio inviante", "inviante", "ente segnalante", "ente inviante"), same=True),
        Column("referral_operator", ("operatore", "assistente sociale", "operatore inviante"), same=True),
        Column("referral_received_on", ("data segnalazione", "segnalato il", "data invio"), same=True),
        Column("referral_protocol", ("protocollo", "protocollo segnalazione", "n protocollo")),
        Column("charge_service", ("servizio referente", "in carico a", "servizio"), same=True),
        Column("charge_case_manager", ("case manager", "referente", "referente caso"), same=True),
        Column("charge_valid_from", ("presa carico", "in carico dal", "data presa carico"), same=True),
        Column("privacy_notice_on", ("informativa privacy", "data informativa", "privacy")),
    )
    ticks: ClassVar = {
        "is_other_person": _("Ho controllato: è un’altra persona"),
        "is_checked_elsewhere": _("Ho sentito l’altro ufficio: la registriamo anche noi"),
    }
    key_fields = ("codice_fiscale",)
    undo_words = _("Togliamo le persone che nessuno ha ancora toccato: quelle con un tirocinio, una nota o una modifica restano.")

    def form(self, data: Mapping[str, Any] | None, *, by: Access, today: date) -> NewPersonForm:
        return NewPersonForm(data, access=by, on=today)

    def write(self, form: Any, *, by: Access, today: date) -> list[models.Model]:
        try:
            return [register_beneficiary(by=by, today=today, **form.values())]
        except AlreadyRegistered as error:
            raise Known(error.existing) from error

    def address(self, subject_id: int) -> str | None:
        found = Beneficiary.objects.filter(pk=subject_id).values_list("public_id", flat=True).first()
        return reverse("beneficiaries:detail", args=[found]) if found else None
