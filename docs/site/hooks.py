"""What the site's list of pages takes from the folder: the decisions, one page each, in their order."""

from pathlib import Path
from typing import Any

DECISIONS = "decisions"  # what stands for them in mkdocs.yml


def on_config(config: Any) -> Any:
    docs = Path(config["docs_dir"])
    pages = [path.relative_to(docs).as_posix() for path in sorted((docs / "adr").glob("*.md"))]
    config["nav"] = [_filled(entry, pages) for entry in config["nav"]]
    return config


def _filled(entry: Any, pages: list[str]) -> Any:
    if isinstance(entry, dict):
        return {title: pages if below == DECISIONS else _filled(below, pages) for title, below in entry.items()}
    return [_filled(one, pages) for one in entry] if isinstance(entry, list) else entry
