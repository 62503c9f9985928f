"""Who is paid for a request, and how: by the ways of an act (domain.md §12.1). The IBAN is checked, the invoice asked for."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import validators
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.periods import in_force
from placements.beneficiaries.models import PaymentWay

from ..enums import AS_GOODS, BY_BANK, UNSETTLED, WITH_INVOICE, BenefitForm, PayWay, RequestState
from ..models import BenefitPayee, BenefitRequest
from ..selectors import criteria as criteria_selectors


@dataclass(frozen=True)
class Payee:
    """What is known of who is paid; the invoice may come later, before the payment."""

    way: str = PayWay.PERSON
    name: str = ""
    tax_code: str = ""
    iban: str = ""
    invoice_number: str = ""
    invoice_on: date | None = None


TO_PERSON = Payee()


def with_invoice(there: BenefitPayee | None, *, invoice_number: str, invoice_on: date | None) -> Payee:
    """Whoever is paid now, with another invoice."""
    way, name, code, iban = goes_to(there or TO_PERSON)
    return Payee(way, name, code, iban, invoice_number, invoice_on)


def checked(payee: Payee, *, today: date) -> Payee:
    """The same, well written. Raises DomainError on the field that is wrong."""
    name, iban, code = payee.name.strip(), payee.iban.strip(), payee.tax_code.strip()
    if payee.way in BY_BANK:
        if not name:
            raise DomainError(_("Scrivi a chi vanno i soldi."), field="payee_name")
        if not iban:
            raise DomainError(_("Serve l'IBAN di chi riceve i soldi."), field="iban")
    else:
        iban = ""
    iban = _valid(validators.iban, iban, "iban")
    if code:
        code = _valid(validators.tax_code, code, "payee_code")
    if payee.invoice_on and payee.invoice_on > today:
        raise DomainError(_("La data della fattura è nel futuro."), field="invoice_on")
    if payee.way in (PayWay.PERSON, PayWay.VOUCHER):
        name = code = ""
    return Payee(payee.way, name, code, iban, payee.invoice_number.strip(), payee.invoice_on)


def _valid(check: object, value: str, field: str) -> str:
    if not value:
        return ""
    try:
        return str(check(value))  # type: ignore[operator]
    except ValidationError as error:
        raise DomainError(error.messages[0], field=field) from error


def write_payee(request: BenefitRequest, payee: Payee, *, by: Access) -> BenefitPayee:
    """The row of who is paid; the payment freezes it. `set_by` is whoever changed where the money goes: the same words again change
    nothing, and an invoice neither."""
    found = BenefitPayee.objects.filter(request_id=request.pk).first()
    row = found or BenefitPayee(ambito_id=request.ambito_id, request=request)
    if found is None or goes_to(found) != (payee.way, payee.name, payee.tax_code, payee.iban):
        row.set_by_id = by.actor_id
    if found:
        row.row_version += 1
    row.way, row.name, row.tax_code, row.iban = payee.way, payee.name, payee.tax_code, payee.iban or None
    row.invoice_number, row.invoice_on = payee.invoice_number, payee.invoice_on
    row.save()
    return row


def goes_to(payee: BenefitPayee | Payee) -> tuple[str, str, str, str]:
    """Where the money goes: everything of a payee but its invoice."""
    return payee.way, payee.name, payee.tax_code, payee.iban or ""


def may_redirect(by: Access, state: str) -> bool:
    """Whether one may say where the money goes: after the decision only who asks or looks at requests, never who only pays."""
    return state != RequestState.GRANTED or by.may(Permission.ASK_BENEFITS) or by.may(Permission.SCREEN_BENEFITS)


def require_payee(by: Access) -> None:
    """Whoever asks, looks at requests or pays. Raises PermissionDenied."""
    if not (by.may(Permission.PAY_BENEFITS) or by.may(Permission.SCREEN_BENEFITS)):
        by.require(Permission.ASK_BENEFITS)


@transaction.atomic
def set_payee(*, request: BenefitRequest, payee: Payee, by: Access, today: date) -> BenefitPayee:
    """Correct who is paid, until it is paid; after the decision whoever only pays writes the invoice alone.

    Raises DomainError on the field that is wrong, for a form of help that the criteria do not give, and for who may not say where the
    money goes.
    """
    require_payee(by)
    row: BenefitRequest = BenefitRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    if row.state not in UNSETTLED:
        raise DomainError(_("Questo aiuto è già chiuso: a chi si versa non cambia più."))
    offer = criteria_selectors.offer_of(by, row, None, on=today)
    refuse_form(offer.form, payee.way)
    wanted = checked(payee, today=today)
    there = BenefitPayee.objects.filter(request_id=row.pk).first()
    if not may_redirect(by, row.state) and goes_to(wanted) != goes_to(there or TO_PERSON):
        raise DomainError(_("L'aiuto è deciso: chi lo versa scrive solo la fattura. A chi va lo cambia chi l'ha chiesto o l'ufficio."))
    written = write_payee(row, wanted, by=by)
    record_fact("solidarity_fund.payee.set", row, by=by, way=written.way)
    return written


def refuse_form(form: str, way: str) -> None:
    """The criteria give this help as money alone, or as goods alone."""
    if form == BenefitForm.GOODS and way not in (*AS_GOODS, PayWay.SUPPLIER):
        raise DomainError(_("I criteri danno questo aiuto solo in beni o buoni, non in denaro alla persona."), field="way")
    if form == BenefitForm.MONEY and way in AS_GOODS:
        raise DomainError(_("I criteri danno questo aiuto solo in denaro."), field="way")


def refuse_unpayable(request: BenefitRequest, payee: BenefitPayee | None, *, on: date) -> None:
    """Everything that paying needs is there. Raises DomainError that says what is missing."""
    way = payee.way if payee else PayWay.PERSON
    if way == PayWay.PERSON:
        found = PaymentWay.objects.filter(in_force(on), beneficiary_id=request.beneficiary_id, withdrawn_at=None).first()
        if found is None:
            raise DomainError(_("Non si sa come la persona riceve i soldi: scrivilo nella sua scheda, fra i modi di pagamento."))
        _valid(validators.iban, found.iban or "", "")
        return
    assert payee
    if way in BY_BANK:
        _valid(validators.iban, payee.iban or "", "iban")
    if way in WITH_INVOICE and not (payee.invoice_number and payee.invoice_on):
        raise DomainError(_("Prima del versamento servono il numero e la data della fattura."), field="invoice_number")
    if payee.invoice_on and payee.invoice_on > on:
        raise DomainError(_("La fattura è di un giorno dopo il versamento: controlla le date."), field="paid_on")
