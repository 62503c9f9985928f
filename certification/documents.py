"""What the certificate says: frozen, plain JSON values. No person is named on it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from impresasolidale.core import words
from impresasolidale.territory.models import Ambito

from .enums import STEPS, DecidedBy, Level, SizeBand
from .models import Answer, Certificate, Proof
from .rules import Facts, fit_to_print
from .scheme import LevelRule
from .words import USUAL

KIND = "certification.certificate"
TEMPLATE = "certification/pdf/certificate_v2.html"
DOSSIER = "certification.dossier"
DOSSIER_TEMPLATE = "certification/pdf/dossier_v1.html"


def certificate_context(certificate: Certificate, *, threshold: int, word: str = USUAL) -> dict[str, Any]:
    """Of one that an application gave, saved or not yet. `threshold`: people under which no figure is printed; `word`: what the network
    calls it in public (rule 88)."""
    assert certificate.scheme and certificate.valid_to
    facts = Facts.from_json(certificate.facts)
    network = certificate.network
    scheme, step = certificate.scheme.scheme, STEPS.index(Level(certificate.level))
    rule = next((rule for rule in scheme.levels if rule.level == certificate.level), None)
    with translation.override("it"):
        return {
            "body_name": network.name,
            "ambiti": [a.name for a in Ambito.objects.filter(network=network).order_by("name")],
            "word": word,
            "company": certificate.company.name,
            "place": certificate.company.comune.name,
            "level": certificate.get_level_display(),
            "level_words": rule.words if rule else "",
            "step": step + 1,
            "steps": len(STEPS),
            "peaks": [n <= step for n in range(len(STEPS))],
            "band_words": str(SizeBand(certificate.application.band).label) if certificate.application else "",
            "scheme": certificate.scheme.name,
            "scheme_version": certificate.scheme.version,
            "valid_from": certificate.valid_from.isoformat(),
            "valid_to": certificate.valid_to.isoformat(),
            "figures": certificate.facts if fit_to_print(facts, threshold=threshold) else None,
            "decided": _decided(certificate, rule),
            "replaces": certificate.supersedes.document.number if certificate.supersedes and certificate.supersedes.document else "",
        }


def _decided(certificate: Certificate, rule: LevelRule | None) -> str:
    """Who decided and when, in words: an office, never a person."""
    if certificate.decided_at is None:
        return ""
    day = words.day(timezone.localtime(certificate.decided_at).date())
    if rule and rule.decided_by == DecidedBy.COMMISSION:
        return _("deciso dalla commissione il %(day)s") % {"day": day}
    return _("deciso dagli Uffici il %(day)s") % {"day": day}


def dossier_context(certificate: Certificate, *, proofs: Sequence[Proof], threshold: int) -> dict[str, Any]:
    """The evidence of a recognition in three parts: who we are, what we do, what proves it. Of an application with answers; no person."""
    company, application = certificate.company, certificate.application
    assert certificate.scheme and certificate.valid_to and certificate.document and application
    answers = {row.criterion: row for row in Answer.objects.filter(application=application)}
    areas = []
    for area in certificate.scheme.scheme.areas:
        rows = []
        for criterion in area.criteria:
            answer = answers.get(criterion.code)
            points = 0 if answer is None else answer.points if answer.points_given is None else answer.points_given
            step = max((step for step in criterion.steps if step.points <= points), key=lambda step: step.points, default=None)
            said = answer.words if answer else ""
            rows.append(
                {"name": criterion.name, "points": points, "most": criterion.most, "words": step.words if step else "", "said": said}
            )
        areas.append({"name": area.name, "rows": rows})
    facts = Facts.from_json(certificate.facts)
    return {
        "body_name": certificate.network.name,
        "company": company.name,
        "who": [
            [_("Denominazione"), company.name],
            [_("Partita IVA o codice fiscale"), company.partita_iva or company.tax_code],
            [_("Sede"), ", ".join(filter(None, (company.address, company.comune.name)))],
            [_("Tipo"), str(company.get_kind_display()).capitalize()],
            [_("Attività"), company.ateco_words or company.sector],
            [_("Dimensione"), str(SizeBand(application.band).label) if application.band else ""],
            [_("Posta certificata"), company.pec],
            [_("Associazioni di categoria"), company.association_words],
            [_("Sicurezza: dichiarazione (DVR e RSPP) del"), _day(company.safety_declared_on)],
            [_("Legge 68/1999: dichiarazione del"), _day(company.law68_declared_on)],
        ],
        "recognition": [
            [_("Riconoscimento"), str(certificate.get_level_display())],
            [_("Attestato"), certificate.document.number],
            [_("Valido"), f"{_day(certificate.valid_from)} – {_day(certificate.valid_to)}"],
            [_("Criteri"), certificate.scheme.name],
        ],
        "figures": certificate.facts if fit_to_print(facts, threshold=threshold) else None,
        "areas": areas,
        "proofs": [
            {"n": n, "name": proof.words or proof.upload.original_name, "file": proof.upload.original_name, "hash": proof.upload.file_hash}
            for n, proof in enumerate(proofs, 1)
        ],
        "signers": [],
    }


def _day(day: date | None) -> str:
    return words.day(day) if day else ""
