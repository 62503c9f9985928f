"""The papers of a placement judged by programs that are not ours: PDF/UA-1 by `outloud`, PDF/A-3a and PDF/UA-1 by veraPDF where one has it.

Neither belongs to the product. `outloud` sits in requirements of its own (requirements/pdfcheck.in says why); veraPDF is in no registry.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from impresasolidale.accounts.models import User
from impresasolidale.core.models import Document
from impresasolidale.core.rendering import render_document
from impresasolidale.runner import ROOT
from placements.agreements import services
from placements.agreements.enums import PlacementState
from placements.agreements.papers.kinds import KINDS
from placements.agreements.services.evidence import issue_signed_copy
from tests.factories.agreements import make_placement
from tests.factories.fixtures import TODAY
from tests.factories.signing import paper_of

pytestmark = [pytest.mark.deep, pytest.mark.django_db]
S = PlacementState
OUTLOUD = os.environ.get("OUTLOUD") or str(ROOT / "build" / "pdfcheck" / "bin" / "outloud")
HOW = "manca outloud: python -m venv build/pdfcheck && build/pdfcheck/bin/pip install -r requirements/pdfcheck.in"
# The seal has no place on any page: a widget of no size needs no place in the reading order (veraPDF agrees).
UNSEEN_SEAL = "FRM-003"
STATE = {"suspension": S.SUSPENDED, "early_end": S.ENDED_EARLY, "final_attestation": S.ENDED_EARLY}
DETAILS = {"final_attestation": {"activities": "Cura delle piante", "shown": "Puntualità"}, "letter_inail": {"pec": "sede@pec.example.org"}}


@pytest.fixture
def papers(worker: User, within: Any, tmp_path: Path) -> list[Path]:
    """One of each kind a placement makes, rendered and sealed: agreement, project, what is issued later, the copy with its signatures."""
    access = within(worker)
    ready = make_placement(access, S.SIGNED, number=1)
    assert ready.agreement and ready.agreement.document
    found = [paper_of(ready), ready.agreement.document, issue_signed_copy(document_id=paper_of(ready).pk, by=access, today=TODAY)]
    for n, slug in enumerate(KINDS, 2):
        placement = make_placement(access, STATE.get(slug, S.TO_SIGN), number=n)
        found.append(services.issue_paper(placement=placement, kind=slug, details=DETAILS.get(slug, {}), by=access, today=TODAY))
    files = []
    for document in found:
        assert document
        render_document(document.pk)
        document = Document.objects.get(pk=document.pk)
        file = tmp_path / f"{document.kind}.pdf"
        with default_storage.open(document.file_name) as stored:
            file.write_bytes(stored.read())
        files.append(file)
    return files


@pytest.mark.skipif(not Path(OUTLOUD).exists(), reason=HOW)
def test_a_checker_of_accessibility_finds_nothing(papers: list[Path], tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    command = [OUTLOUD, "--layer", "conformance", "--skip", UNSEEN_SEAL, "--fail-on", "never", "-q", "--json", str(report)]
    subprocess.run([*command, *map(str, papers)], check=True, capture_output=True)
    found = json.loads(report.read_text())["results"]
    wrong = [
        f"{Path(file['path']).name}: {finding['rule']} {finding['message']} {finding['evidence']}"
        for file in found
        for finding in file["findings"]
        if finding["severity"] == "error"
    ]
    assert len(found) == len(papers) and not any(file["error"] for file in found) and not wrong, "\n".join(wrong)


@pytest.mark.skipif(shutil.which("verapdf") is None, reason="manca veraPDF: non è in nessun archivio di pacchetti, si installa a mano")
@pytest.mark.parametrize("flavour", ["3a", "ua1"])
def test_verapdf_finds_each_paper_conformant(flavour: str, papers: list[Path]) -> None:
    done = subprocess.run(["verapdf", "--format", "text", "--flavour", flavour, *map(str, papers)], capture_output=True, text=True)
    verdicts = [line for line in done.stdout.splitlines() if line.startswith(("PASS", "FAIL"))]
    assert len(verdicts) == len(papers) and all(line.startswith("PASS") for line in verdicts), done.stdout
