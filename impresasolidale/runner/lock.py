"""./impresa lock: compile pyproject.toml into requirements/*.txt, pinned with hashes, naming no package index."""

import os
import shutil
import tempfile
from pathlib import Path

from . import ROOT, VENV, say
from .processes import run as run_quietly

SETS = {
    "production": ["--no-dev"],
    "demo": ["--no-dev", "--group", "embedded"],
    "development": ["--group", "dev"],
}


def run() -> int:
    """Take the newest versions that pyproject.toml allows. uv.lock, which names the index, stays in a temporary folder."""
    uv, env = str(VENV / "bin" / "uv"), {**os.environ, "UV_NO_PROGRESS": "1"}
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        shutil.copy(ROOT / "pyproject.toml", work)
        (work / "requirements").mkdir()
        (work / "uv.in").write_text("uv\n")
        run_quietly([uv, "lock"], env=env, cwd=work, what="Scelta delle versioni")
        for name, groups in SETS.items():
            target = f"requirements/{name}.txt"
            command = [uv, "export", *groups, "--no-emit-project", "--format", "requirements-txt", "-o", target]
            run_quietly(command, env=env, cwd=work, what=target)
        command = [uv, "pip", "compile", "--generate-hashes", "--no-emit-index-url", "-o", "requirements/uv.txt", "uv.in"]
        run_quietly(command, env=env, cwd=work, what="requirements/uv.txt")
        for path in (work / "requirements").glob("*.txt"):
            shutil.copy(path, ROOT / "requirements" / path.name)
    say("Fatto: requirements/ è aggiornata. Guarda le differenze prima di salvarle.")
    return 0
