"""./impresa docs: the documentation as a site, from docs/site/mkdocs.yml. A link that leads nowhere is an error."""

import os

from . import ROOT, VENV, say
from .processes import foreground

SITE = ROOT / "build" / "docs"
COMMAND = [str(VENV / "bin" / "mkdocs"), "build", "--strict", "--config-file", str(ROOT / "docs" / "site" / "mkdocs.yml")]
ENVIRONMENT = {"NO_MKDOCS_2_WARNING": "1"}  # what comes after this tool is in docs/adr/0045


def run() -> int:
    code = foreground(COMMAND, env={**os.environ, **ENVIRONMENT}, cwd=ROOT)
    if code == 0:
        say(f"Fatto: apri {SITE / 'index.html'}")
    return code
