"""The catalogue of the open data as DCAT-AP_IT (AgID's profile of the W3C vocabulary DCAT), as JSON-LD and as Turtle.

Pure functions: a release's facts in, nodes out. A node is {"@id", "@type", property: value}; a value is text, a
list, {"@id"} or {"@value", "@type"}.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from .open_data import DATASETS, KINDS, LICENCE, Dataset

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatapit": "http://dati.gov.it/onto/dcatapit#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "http://schema.org/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
EU = "http://publications.europa.eu/resource/authority/"
THEME = EU + "data-theme/SOCI"  # population and society
MEDIA = {"csv": "text/csv", "json": "application/json"}

Node = dict[str, Any]


@dataclass(frozen=True)
class Publisher:
    """Who publishes. `identifier`: IPA code of the lead body where it has one."""

    name: str
    identifier: str
    email: str = ""


@dataclass(frozen=True)
class Release:
    """What the catalogue says of one release."""

    code: str
    cut_off: date
    made_at: datetime
    periods: Mapping[str, tuple[date, date]]  # dataset → first and last day that its rows speak of
    files: Mapping[str, Mapping[str, Any]]  # "code.csv" → sha256, bytes


def nodes(
    release: Release,
    *,
    publisher: Publisher,
    places: Sequence[str],
    page: str,
    file_url: Callable[[str, str, str], str],
    dataset_url: Callable[[str], str],
) -> list[Node]:
    """Catalogue, datasets, distributions, publisher, licence. Addresses are absolute."""
    told = [dataset for dataset in DATASETS if f"{dataset.code}.csv" in release.files]
    who = {"@id": f"{page}#{publisher.identifier}"}
    agent: Node = {
        "@id": who["@id"],
        "@type": ["dcatapit:Agent", "foaf:Agent"],
        "foaf:name": publisher.name,
        "dct:identifier": publisher.identifier,
    }
    where: Node = {"@id": f"{page}#luogo", "@type": "dct:Location", "rdfs:label": ", ".join(places)}
    contact: Node = {
        "@id": f"{page}#contatto",
        "@type": ["dcatapit:Organization", "vcard:Organization"],
        "vcard:fn": publisher.name,
        "vcard:hasEmail": {"@id": f"mailto:{publisher.email}"} if publisher.email else [],
    }
    licence: Node = {
        "@id": LICENCE,
        "@type": ["dcatapit:LicenseDocument", "dct:LicenseDocument"],
        "foaf:name": "Creative Commons Attribuzione 4.0 Internazionale (CC BY 4.0)",
        "dct:type": {"@id": "http://purl.org/adms/licencetype/Attribution"},
    }
    made = {"@value": release.made_at.date().isoformat(), "@type": "xsd:date"}
    catalogue: Node = {
        "@id": page,
        "@type": ["dcatapit:Catalog", "dcat:Catalog"],
        "dct:title": _("Dati aperti di Impresasolidale"),
        "dct:description": _("Numeri dei tirocini riabilitativi risocializzanti, per Ambito, senza dati di persone."),
        "dct:publisher": who,
        "dct:language": {"@id": EU + "language/ITA"},
        "dct:modified": made,
        "foaf:homepage": {"@id": page},
        "dcat:themeTaxonomy": {"@id": EU + "data-theme"},
        "dct:license": {"@id": LICENCE},
        "dcat:dataset": [{"@id": dataset_url(dataset.code)} for dataset in told],
    }
    found = [catalogue, agent, where, contact, licence]
    for dataset in told:
        found += _dataset(dataset, release, who=who, made=made, page=page, file_url=file_url, url=dataset_url(dataset.code))
    return found


def _dataset(
    dataset: Dataset, release: Release, *, who: Node, made: Node, page: str, file_url: Callable[[str, str, str], str], url: str
) -> list[Node]:
    first, last = release.periods.get(dataset.code, (release.cut_off, release.cut_off))
    when: Node = {"@id": f"{url}-periodo", "@type": "dct:PeriodOfTime"}
    for name, day in (("start", first), ("end", last)):
        value = {"@value": day.isoformat(), "@type": "xsd:date"}
        when |= {f"dcat:{name}Date": value, f"schema:{name}Date": value}  # the second as DCAT-AP_IT 1.0 says it
    files = [file_url(release.code, dataset.code, kind) for kind in KINDS]
    node: Node = {
        "@id": url,
        "@type": ["dcatapit:Dataset", "dcat:Dataset"],
        "dct:identifier": f"impresasolidale:{dataset.code}",
        "dct:title": str(dataset.title),
        "dct:description": str(dataset.description),
        "dcat:theme": {"@id": THEME},
        "dcat:keyword": ["TRR", "tirocini", "inclusione", "imprese"],
        "dct:rightsHolder": who,
        "dct:publisher": who,
        "dcat:contactPoint": {"@id": f"{page}#contatto"},
        "dct:issued": made,
        "dct:modified": made,
        "dct:accrualPeriodicity": {"@id": f"{EU}frequency/{dataset.frequency}"},
        "dct:language": {"@id": EU + "language/ITA"},
        "dct:spatial": {"@id": f"{page}#luogo"},
        "dct:temporal": {"@id": when["@id"]},
        "dcat:landingPage": {"@id": page},
        "dcat:distribution": [{"@id": file} for file in files],
    }
    found = [node, when]
    for kind, file in zip(KINDS, files, strict=True):
        said = release.files[f"{dataset.code}.{kind}"]
        digest: Node = {
            "@id": f"{file}#sha256",
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"},
            "spdx:checksumValue": said["sha256"],
        }
        found += [
            {
                "@id": file,
                "@type": ["dcatapit:Distribution", "dcat:Distribution"],
                "dct:title": f"{dataset.title} ({kind.upper()})",
                "dct:format": {"@id": f"{EU}file-type/{kind.upper()}"},
                "dcat:mediaType": MEDIA[kind],
                "dct:license": {"@id": LICENCE},
                "dcat:accessURL": {"@id": page},
                "dcat:downloadURL": {"@id": file},
                "dcat:byteSize": {"@value": str(said["bytes"]), "@type": "xsd:decimal"},
                "dct:modified": made,
                "spdx:checksum": {"@id": digest["@id"]},
            },
            digest,
        ]
    return found


def as_json_ld(graph: Sequence[Node]) -> dict[str, Any]:
    return {"@context": PREFIXES, "@graph": [{k: v for k, v in node.items() if v != []} for node in graph]}


def as_turtle(graph: Sequence[Node]) -> str:
    lines = [f"@prefix {name}: <{address}> ." for name, address in PREFIXES.items()]
    for node in graph:
        said = []
        for name, value in node.items():
            if name != "@id" and (terms := list(_terms(name, value))):
                said.append(f"  {'a' if name == '@type' else name} {', '.join(terms)}")
        lines += ["", f"<{node['@id']}>", " ;\n".join(said) + " ."]
    return "\n".join(lines) + "\n"


def _terms(name: str, value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if name == "@type":
            yield one
        elif isinstance(one, str):
            yield _quoted(one)
        elif "@id" in one:
            yield f"<{one['@id']}>"
        else:
            yield f"{_quoted(one['@value'])}^^{one['@type']}"


def _quoted(text: str) -> str:
    for sign, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(sign, written)
    return f'"{text}"'
