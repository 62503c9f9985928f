"""Links between the documents lead somewhere, and what they name is there."""

import re
from pathlib import Path

import pytest

from tests.support.sources import ROOT, ours
from tests.support.sources import text as source

DOCUMENTS = sorted(p.relative_to(ROOT).as_posix() for p in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\)")


def anchors(text: str) -> set[str]:
    """What `#…` may name in a document: its headings, lower case, punctuation left out, hyphens for spaces."""
    titles = re.findall(r"^#+ +(.+?) *$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken(text: str, folder: Path) -> list[str]:
    """The relative links of a text that lead nowhere. Code is no link."""
    found = []
    for link in LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (folder / path).resolve() if path else None
        if target and not (target.exists() and target.is_relative_to(ROOT)):
            found.append(link)
        elif anchor and anchor not in anchors(target.read_text(encoding="utf-8") if target else text):
            found.append(link)
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name):
    assert broken((ROOT / name).read_text(encoding="utf-8"), (ROOT / name).parent) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[a](nowhere.md)", ["nowhere.md"]),
        ("![a](images/nowhere.png)", ["images/nowhere.png"]),
        ("[a](rules.md#nothing-of-the-kind)", ["rules.md#nothing-of-the-kind"]),
        ("[a](../../outside.md)", ["../../outside.md"]),
        ("# Two words\n[a](rules.md#rules) [b](#two-words) [c](https://example.org/x) `[d](e.md)`", []),
    ],
)
def test_a_broken_link_is_noticed(text, wrong):
    assert broken(text, ROOT / "docs") == wrong


def walked(document: str) -> set[str]:
    """The functions and classes that the walks of the architecture name."""
    part = document.partition("## Four walks")[2].partition("\n## ")[0]
    return {name for name in re.findall(r"`(\w+)`", part) if not (ROOT / name).is_dir()}


def test_every_step_of_the_walks_is_there():
    names = walked((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
    code = "\n".join(source(path) for path in ours())
    rooms = {path.parts[-2] for path in ours()}
    defined = set(re.findall(r"^ *(?:def|class) (\w+)", code, re.M))
    triggers = "\n".join(p.read_text() for p in ROOT.glob("*/*/migrations/*.py"))
    assert len(names) > 50
    assert {name for name in names - defined - rooms if name not in triggers} == set()


def test_a_step_that_is_gone_is_noticed():
    assert walked("## Four walks\n`post_entry` then `no_such_step`\n\n## Else\n`other`") == {"post_entry", "no_such_step"}
