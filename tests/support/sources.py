"""Our own sources as data: files, syntax trees, templates, and the house rules as functions from a text to its violations."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WINGS = ("impresasolidale", "placements", "companies", "solidarity_fund", "certification")
LINES = 600
FORBIDDEN = re.compile(r"\b(paga|stipendio|turno|ferie|straordinario|timbrare)\b", re.I)  # domain.md §12.9
TODAY = {"date.today", "dt.date.today", "datetime.date.today", "datetime.now", "datetime.today", "dt.datetime.now"}
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "_in_italian"}


def ours(*, tests: bool = False) -> list[Path]:
    """Our Python files, relative to the root, without migrations."""
    wings = (*WINGS, *(["tests"] if tests else []))
    found = (p.relative_to(ROOT) for wing in wings for p in (ROOT / wing).rglob("*.py"))
    return sorted(p for p in found if "migrations" not in p.parts)


@cache
def text(path: Path) -> str:
    return (ROOT / path).read_text()


def templates() -> list[Path]:
    """Relative to `templates/`, as code names them."""
    return sorted(p.relative_to(ROOT / "templates") for p in (ROOT / "templates").rglob("*") if p.is_file())


def template_text(name: Path | str) -> str:
    return text(Path("templates") / name)


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def _called(node: ast.Call) -> str:
    return _dotted(node.func).rpartition(".")[2]


# --- One function a rule: (line, what) of each violation in a Python text


def queries(code: str) -> Iterator[tuple[int, str]]:
    """`.objects` in a file that must not query. `.objects.none()` asks nothing: a field's queryset before its form is made."""
    managers = {"objects", "_default_manager", "_base_manager"}
    tree = ast.parse(code)
    empty = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "none"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in managers and id(node) not in empty:
            yield node.lineno, _dotted(node) or node.attr


def state_writes(code: str) -> Iterator[tuple[int, str]]:
    """`row.state = …`, `setattr(row, "state", …)`, `.update(state=…)`."""
    for node in ast.walk(ast.parse(code)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []
        flat = [e for t in targets for e in (t.elts if isinstance(t, ast.Tuple | ast.List) else [t])]
        if any(isinstance(t, ast.Attribute) and t.attr == "state" for t in flat):
            yield node.lineno, "assigns .state"
        if isinstance(node, ast.Call):
            name = _dotted(node.func)
            if name == "setattr" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant) and node.args[1].value == "state":
                yield node.lineno, "assigns .state"
            if isinstance(node.func, ast.Attribute) and node.func.attr == "update" and any(k.arg == "state" for k in node.keywords):
                yield node.lineno, "updates state"


def clocks(code: str) -> Iterator[tuple[int, str]]:
    """The machine's clock read without Rome's time; also in SQL text."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and (name := _dotted(node.func)) in TODAY:
            yield node.lineno, name
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"\bCURRENT_DATE\b|\bnow\(\)::date", node.value):
            yield node.lineno, "CURRENT_DATE"


def todays(code: str) -> Iterator[tuple[int, str]]:
    """Today read from a clock instead of an argument."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and _called(node) == "localdate" and not node.args:  # with one it is a conversion
            yield node.lineno, _dotted(node.func)


def signals(code: str) -> Iterator[tuple[int, str]]:
    """Hidden callers: receivers of model signals."""
    names = {"receiver", "pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.d") and names & {a.name for a in node.names}:
            yield node.lineno, "signal"


def enqueued(code: str) -> Iterator[tuple[int, str]]:
    """The names of jobs that a text enqueues."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and _called(node) in {"enqueue", "enqueue_periodic"}:
            if node.args and isinstance(node.args[0], ast.Constant):
                yield node.lineno, node.args[0].value


@cache
def template_names(code: str) -> set[str]:
    """Every string that looks like a template, in a Python text."""
    found = {node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {name for name in found if re.fullmatch(r"[\w./-]+\.(html|txt|xml|js)", name)}


# --- Templates


def inline_parts(source: str) -> list[str]:
    """What the content security policy forbids, in a template's source: inline script, style, handlers."""
    source = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", source, flags=re.S)
    found = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(?=\s*\S)", source) + re.findall(r"<style\b[^>]*>", source)
    return found + re.findall(r"<[a-z][^<>]*?\s((?:on[a-z]+|style)\s*=)", source) + re.findall(r"[\"'](javascript:)", source, re.I)


def bare_forms(source: str) -> list[str]:
    """POST forms without `form_tokens` (CSRF token and submission uuid)."""
    forms = re.findall(r"<form\b.*?</form>", source, re.S | re.I)
    return [f.splitlines()[0] for f in forms if re.search(r"method=[\"']post", f, re.I) and "form_tokens" not in f]


def words_for_people(source: str) -> list[str]:
    """Forbidden words in what a template shows (its tags, comments and attribute names left out)."""
    shown = re.sub(r"{#.*?#}|{% comment.*?endcomment %}|{{.*?}}", " ", source, flags=re.S)
    shown = re.sub(r"{%\s*(translate|trans|blocktranslate|blocktrans)\s+(\"[^\"]*\"|'[^']*')?.*?%}", r" \2 ", shown)
    return FORBIDDEN.findall(re.sub(r"{%.*?%}", " ", shown, flags=re.S))


def words_in_code(code: str) -> Iterator[tuple[int, str]]:
    """Forbidden words in the literals of a Python text that people read: arguments of gettext functions."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and _called(node) in GETTEXT:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    for word in FORBIDDEN.findall(argument.value):
                        yield node.lineno, word
