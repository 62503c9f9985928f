"""What the certificate says: frozen, plain JSON values. No person is named on it."""

from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from impresasolidale.territory.models import Ambito

from .enums import STEPS, DecidedBy, Level, SizeBand
from .models import Certificate
from .rules import Facts, fit_to_print
from .scheme import LevelRule

KIND = "certification.certificate"
TEMPLATE = "certification/pdf/certificate_v2.html"


def certificate_context(certificate: Certificate, *, threshold: int) -> dict[str, Any]:
    """Of one that an application gave, saved or not yet. `threshold`: people under which no figure is printed (rule 88)."""
    assert certificate.scheme and certificate.valid_to
    facts = Facts.from_json(certificate.facts)
    network = certificate.network
    scheme, step = certificate.scheme.scheme, STEPS.index(Level(certificate.level))
    rule = next((rule for rule in scheme.levels if rule.level == certificate.level), None)
    with translation.override("it"):
        return {
            "body_name": network.name,
            "ambiti": [a.name for a in Ambito.objects.filter(network=network).order_by("name")],
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
    day = date_format(timezone.localtime(certificate.decided_at).date(), "j F Y")
    if rule and rule.decided_by == DecidedBy.COMMISSION:
        return _("deciso dalla commissione il %(day)s") % {"day": day}
    return _("deciso dagli Uffici il %(day)s") % {"day": day}
