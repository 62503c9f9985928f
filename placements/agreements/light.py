"""The start light as its page shows it: each item's words, its rule, and the button that puts it right."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.territory.enums import Confidence
from impresasolidale.territory.rules import CATALOGUE

from . import rules
from .enums import CoverKind, Insurer, ItemKind, PlacementState
from .models import Placement, ReadinessItem
from .selectors import Paper

K = ItemKind
PERSON_ITEMS = {K.ASSESSMENT, K.IN_CHARGE, K.AGE, K.PRIVACY, K.REPRESENTATIVE}


def light_items(placement: Placement, items: list[ReadinessItem], papers: list[Paper], access: Access) -> list[dict[str, Any]]:
    """For the `start_light` component: what is open first, in the order of the rules."""
    rows = [_row(placement, item, papers, access) for item in items]
    order = ("red", "amber", "waived", "green")
    return sorted(rows, key=lambda row: order.index(row["state"]))


def rule_words(number: int) -> str:
    """How a rule is cited: what is not confirmed is called practice, never law."""
    rule = CATALOGUE[number]
    return _("%(rule)d, prassi da confermare") % {"rule": number} if rule.confidence is Confidence.UNCONFIRMED else str(number)


def _row(placement: Placement, item: ReadinessItem, papers: list[Paper], access: Access) -> dict[str, Any]:
    why = item.words
    if item.waived_by_id and item.satisfied_at is None:
        words = (
            _("%(why)s Deroga di %(who)s fino al %(day)s: %(reason)s") if item.waived_until else _("%(why)s Deroga di %(who)s: %(reason)s")
        )
        day = item.waived_until and f"{item.waived_until:%d/%m/%Y}"
        why = words % {"why": why, "who": item.waived_by, "reason": item.reason, "day": day}
    row = {
        "state": "waived" if item.waived_by_id and item.satisfied_at is None else item.light,
        "text": str(ItemKind(item.kind).label).capitalize().replace("inail", "INAIL"),
        "why": why,
        "rule": rule_words(item.rule),
    }
    if item.is_open:
        row["url"], row["action"] = _fix(placement, item.kind, papers, access)
    return row


def _fix(placement: Placement, kind: str, papers: list[Paper], access: Access) -> tuple[str, str]:
    """(address, label) of the page that puts an open item right, for who may; empty when there is none."""
    here = [placement.public_id]
    if access.may(P.WAIVE_RULES) and rules.may_waive(kind):
        return reverse("agreements:waive", args=[*here, kind]), _("Concedi una deroga")
    prepares, papers_desk = access.may(P.PREPARE_PLACEMENTS), access.may(P.RECORD_PROTOCOL)
    if kind == K.AGREEMENT:
        if placement.agreement:
            return reverse("agreements:agreement_detail", args=[placement.agreement.public_id]), _("Apri la convenzione")
        if prepares:
            return reverse("agreements:agreement_new", args=[placement.company.public_id]), _("Prepara la convenzione")
    if kind in {K.PROJECT, K.REPRESENTATIVE} and placement.state == PlacementState.TO_SIGN and papers and access.may(P.RECORD_SIGNATURES):
        codes = {signer["code"] for signer in papers[0].missing}
        if kind == K.PROJECT or kind in codes:
            role = f"?chi={kind}" if kind in codes else ""
            return reverse("agreements:new_signature", args=[papers[0].document.public_id]) + role, _("Registra una firma")
    if kind == K.PROJECT and placement.state == PlacementState.DRAFT and prepares:
        return reverse("agreements:step", args=[*here, "proposed"]), _("Proponi il tirocinio")
    if kind == K.PROJECT and placement.state == PlacementState.PROPOSED and prepares:
        return reverse("agreements:step", args=[*here, "issued"]), _("Prepara le carte")
    if kind in PERSON_ITEMS and access.may(P.SEE_PEOPLE):
        return reverse("beneficiaries:detail", args=[placement.beneficiary.public_id]), _("Apri la scheda della persona")
    if (
        kind in {K.TUTORS, K.TUTOR_LOAD, K.PROMOTER_LOAD, K.LENGTH, K.LENGTH_OF_PROJECT}
        and placement.state == PlacementState.DRAFT
        and prepares
    ):
        return reverse("agreements:edit", args=here), _("Modifica la bozza")
    if kind in {K.INAIL, K.LIABILITY} and papers_desk:
        cover, chosen = (CoverKind.INAIL, placement.inail_by) if kind == K.INAIL else (CoverKind.LIABILITY, placement.liability_by)
        book = placement.rulebook.rules
        holder = chosen or (book.inail_insurer if kind == K.INAIL else book.liability_insurer)
        company = f"&impresa={placement.company.public_id}" if holder == Insurer.HOST else ""
        return f"{reverse('agreements:new_cover')}?tipo={cover}{company}&tirocinio={placement.public_id}", _("Registra la copertura")
    if kind == K.COMMUNICATION and papers_desk:
        return reverse("agreements:communication", args=here), _("Registra la comunicazione")
    if kind == K.SAFETY_TRAINING and not placement.company.risk_class and access.may(P.EDIT_COMPANIES):
        return reverse("hosts:edit", args=[placement.company.public_id]), _("Scrivi la classe di rischio")
    if kind == K.SAFETY_TRAINING and prepares:
        return reverse("agreements:safety_training", args=here), _("Registra la formazione")
    if kind == K.OUTSIDE and prepares:
        return reverse("agreements:outside", args=here), _("Scrivi i luoghi")
    if kind == K.REPLACEMENT and prepares:
        return reverse("agreements:replacement", args=here), _("Chiarisci la segnalazione")
    if kind == K.BENEFITS and prepares:
        return reverse("agreements:benefits", args=here), _("Guarda gli altri aiuti")
    if kind == K.FITNESS and prepares:
        return reverse("agreements:fitness", args=here), _("Registra l'idoneità")
    if kind in {K.SAFETY, K.HOST_LOAD} and access.may(P.SEE_COMPANIES):
        return reverse("hosts:detail", args=[placement.company.public_id]), _("Apri la scheda dell'impresa")
    if kind == K.TRAINED_TUTOR and access.may(P.SEE_TRAINING):
        return reverse("training:list"), _("Vedi i corsi")
    return "", ""
