"""Is a test red when the rule is wrong? A pytest plugin that changes one thing at a time in the code that decides, and runs the tests
again.

`./impresa test -p tests.support.mutants --mutants allowance` (one of GROUPS, or several with commas; `--mutants-part 1/4` a quarter of
them, `--mutants-only NAME` one function's, `--mutants-tests PATHS` other tests). The tests run once, and it is noted which function each
of them calls. Then for each change the process forks: the child has the changed function and runs the tests that call it, until the first
is red. The tools of others start Python, Django and a database for each change: some seconds, where a fork takes some hundredths.

A change is of one comparison, and/or/not, sum or difference, whole number, truth value, `filter`/`exclude`, `min`/`max`, `any`/`all`; or a
statement, a `raise` or what is returned is left out. Words, defaults of arguments and assertions are left alone. What no test notices is
written to build/mutants/<group>.json; those that are the same in another way stand with their reason in docs/operations/mutants.md.
"""

import ast
import copy
import importlib
import inspect
import json
import os
import signal
import sys
import time
import types
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Group(NamedTuple):
    """Modules that decide, and the tests that should notice."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


ATTENDANCE = "placements.attendance"
GROUPS = {
    "rules": Group(
        (
            "placements.agreements.rules", "placements.attendance.rules", "placements.beneficiaries.rules",
            "placements.monitoring.visit_rules",
            "placements.monitoring.evaluation_rules", "companies.hosts.rules", "companies.training.rules", "certification.rules",
            "solidarity_fund.rules", "solidarity_fund.giving_rules", "solidarity_fund.procedure_rules", "impresasolidale.accounts.rules",
            "impresasolidale.projects.rules", "impresasolidale.treasury.liquidation_rules",
        ),
        (
            "tests/agreements/test_rules.py", "tests/agreements/test_readiness.py", "tests/attendance/test_rules.py",
            "tests/beneficiaries/test_rules.py",
            "tests/monitoring/test_visits.py", "tests/monitoring/test_evaluation_rules.py", "tests/hosts/test_register.py",
            "tests/hosts/test_companies.py", "tests/training", "tests/certification/test_certification.py",
            "tests/certification/test_commission.py",
            "tests/solidarity_fund", "tests/accounts", "tests/projects", "tests/attendance/test_liquidation_answers.py",
            "tests/attendance/test_liquidations.py", "tests/attendance/test_samples.py", "tests/attendance/test_words.py",
            "tests/agreements/test_caps.py", "tests/agreements/test_starts.py", "tests/agreements/test_benefits.py",
            "tests/golden/test_certification_scores.py", "tests/attendance/test_plan.py", "tests/attendance/test_record.py",
        ),
    ),
    "allowance": Group(
        (f"{ATTENDANCE}.allowance_rules",),
        (
            "tests/golden/test_allowance_months.py", "tests/attendance/test_allowance_edges.py",
            "tests/attendance/test_allowance_oracle.py", "tests/attendance/test_allowances.py",
            "tests/attendance/test_take_offs.py",
            "tests/attendance/test_one_total.py",
        ),
    ),
    "ledger": Group(
        (
            "impresasolidale.treasury.rules", "impresasolidale.treasury.services.ledger", "impresasolidale.treasury.services.budgets",
            "impresasolidale.treasury.services.commitments", "impresasolidale.treasury.services.closing",
            "impresasolidale.treasury.selectors.ledger",
        ),
        ("tests/treasury", "tests/attendance/test_liquidations.py", "tests/solidarity_fund/test_journey.py"),
    ),
    "permissions": Group(
        (
            "impresasolidale.accounts.access", "impresasolidale.accounts.permissions", "impresasolidale.accounts.scopes",
            "impresasolidale.accounts.services", "impresasolidale.accounts.tokens", "impresasolidale.core.four_eyes",
            "impresasolidale.core.transitions",
        ),
        (
            "tests/accounts", "tests/api/test_tokens.py", "tests/core", "tests/desk/test_hats.py", "tests/agreements/test_transitions.py",
            "tests/agreements/test_second_key.py", "tests/agreements/test_sight.py", "tests/attendance/test_portal_links.py",
            "tests/attendance/test_sight.py", "tests/hosts/test_tutors.py", "tests/hosts/test_our_company.py",
            "tests/projects/test_audit.py",
        ),
    ),
    "scope": Group(
        ("impresasolidale.core.scope", "impresasolidale.core.sql", "impresasolidale.core.audit", "impresasolidale.core.middleware"),
        ("tests/core", "tests/privacy/test_looks.py", "tests/beneficiaries/test_pages.py", "tests/agreements/test_sight.py"),
    ),
    "retention": Group(
        (
            "impresasolidale.privacy.rules", "impresasolidale.privacy.retention", "impresasolidale.privacy.services.retention",
            "impresasolidale.privacy.selectors.retention",
        ),
        ("tests/privacy",),
    ),
}  # fmt: skip
SLOW = 6.0  # seconds: a test that takes longer notices nothing here
BUDGET = 30.0  # seconds of tests for one change, as they took without it
EXAMPLES = 60  # of Hypothesis, the same for every change


# --- What is changed


@dataclass(frozen=True)
class Change:
    """`place`: which of the changes of that function this is."""

    module: str
    function: str
    line: int
    place: int
    words: str

    def as_json(self) -> dict[str, Any]:
        return {"module": self.module, "function": self.function, "line": self.line, "change": self.words}


SWAPS: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot,
    ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Add, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
CALLS = {"filter": "exclude", "exclude": "filter", "min": "max", "max": "min", "any": "all", "all": "any"}


def sites(node: ast.AST) -> Iterator[tuple[ast.AST, str, Any]]:
    """(where, what is done there, with what) for every change of a function's body, in an order that does not change."""
    for child in _body_of(node):
        match child:
            case ast.Compare(ops=ops):
                for n, op in enumerate(ops):
                    yield child, "op", (n, SWAPS[type(op)])
            case ast.BoolOp(op=op) | ast.AugAssign(op=op) | ast.BinOp(op=op) if type(op) in SWAPS and not _is_text(child):
                yield child, "operator", SWAPS[type(op)]
            case ast.UnaryOp(op=ast.Not()):
                yield child, "without not", None
            case ast.Constant(value=bool()):
                yield child, "value", not child.value
            case ast.Constant(value=int()):
                yield child, "value", child.value + 1
            case ast.If(test=test) | ast.IfExp(test=test) if isinstance(test, ast.Name | ast.Attribute | ast.Call | ast.NamedExpr):
                yield child, "if not", None
            case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)) if name in CALLS:
                yield child, "call", CALLS[name]
            case ast.Return(value=value) if value is not None and not isinstance(value, ast.Compare | ast.BoolOp | ast.Constant):
                yield child, "nothing", None
            case ast.Expr(value=ast.Call()) | ast.Raise():
                yield child, "left out", None
            case ast.Continue():
                yield child, "break", None


def _is_text(node: ast.AST) -> bool:
    """Words put together, or values put into them: nothing is decided there."""
    parts = [getattr(node, side, None) for side in ("left", "right", "value")]
    return any(isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and isinstance(part.value, str)) for part in parts) or (
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Call)
    )


def _body_of(node: ast.AST) -> Iterator[ast.AST]:
    """Everything that runs in a function: no decorators, no defaults, no annotations, no assertions."""
    stack: list[ast.AST] = list(reversed(node.body)) if isinstance(node, ast.FunctionDef) else [node]
    while stack:
        one = stack.pop()
        if isinstance(one, ast.Assert | ast.JoinedStr | ast.ClassDef) or (isinstance(one, ast.keyword) and one.arg == "strict"):
            continue  # zip(strict=True) is an assertion too
        yield one
        if isinstance(one, ast.FunctionDef | ast.Lambda):
            inner: list[ast.AST] = one.body if isinstance(one.body, list) else [one.body]
        elif isinstance(one, ast.AnnAssign):
            inner = [one.value] if one.value else []
        else:
            inner = list(ast.iter_child_nodes(one))
        stack += reversed(inner)


def change(node: ast.AST, what: str, how: Any) -> None:
    """Make the change in place; a statement turns into one that does nothing."""
    any_node: Any = node
    match what:
        case "op":
            place, op = how
            any_node.ops[place] = op()
        case "operator":
            any_node.op = how()
        case "without not":
            any_node.op = ast.UAdd()  # replaced by the operand below
        case "value":
            any_node.value = how
        case "if not":
            any_node.test = ast.UnaryOp(ast.Not(), any_node.test)
        case "call":
            if isinstance(any_node.func, ast.Name):
                any_node.func.id = how
            else:
                any_node.func.attr = how
        case "nothing":
            any_node.value = ast.Constant(None)


class Replace(ast.NodeTransformer):
    """Puts another node where one stands."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        return ast.copy_location(self.new, node) if node is self.old else super().generic_visit(node)


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """(qualified name, node) of a module's functions and of its classes' methods."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{each.name}", each) for each in node.body if isinstance(each, ast.FunctionDef))


@dataclass
class Source:
    """A module as it is written."""

    name: str
    tree: ast.Module = field(init=False)
    path: str = field(init=False)

    def __post_init__(self) -> None:
        module = importlib.import_module(self.name)
        self.path = str(inspect.getsourcefile(module))
        self.tree = ast.parse(Path(self.path).read_text(encoding="utf-8"))

    def changes(self) -> Iterator[Change]:
        for name, node in functions(self.tree):
            for place, (where, what, how) in enumerate(sites(node)):
                yield Change(self.name, name, getattr(where, "lineno", node.lineno), place, _words(where, what, how))

    def changed(self, wanted: Change) -> types.CodeType:
        """The code of the function with that change."""
        tree = copy.deepcopy(self.tree)
        node = dict(functions(tree))[wanted.function]
        where, what, how = list(sites(node))[wanted.place]
        change(where, what, how)
        if what in {"left out", "break", "without not"}:
            new: ast.AST = ast.Break() if what == "break" else where.operand if what == "without not" else ast.Pass()  # type: ignore[attr-defined]
            tree = Replace(where, new).visit(tree)
        code = compile(ast.fix_missing_locations(tree), self.path, "exec", dont_inherit=True)
        return _code_in(code, wanted.function.split("."))


def _words(where: ast.AST, what: str, how: Any) -> str:
    text = " ".join(ast.unparse(where).split())[:90]
    if what == "op":
        return f"{text}: {how[1].__name__}"
    return f"{text}: {how.__name__ if isinstance(how, type) else what if how is None else how}"


def _code_in(code: types.CodeType, names: list[str]) -> types.CodeType:
    for name in names:
        code = next(each for each in code.co_consts if isinstance(each, types.CodeType) and each.co_name == name)
    return code


def install(wanted: Change, code: types.CodeType) -> None:
    """The function that everybody imported has the changed body from now on."""
    found: Any = importlib.import_module(wanted.module)
    *owners, name = wanted.function.split(".")
    for owner in owners:
        found = getattr(found, owner)
    found = inspect.getattr_static(found, name) if owners else getattr(found, name)
    while not isinstance(found, types.FunctionType) or hasattr(found, "__wrapped__"):
        if hasattr(found, "cache_clear"):
            found.cache_clear()
        found = next(getattr(found, inner) for inner in ("__wrapped__", "fget", "func", "__func__") if hasattr(found, inner))
    found.__code__ = code


# --- Running


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--mutants", default="", help=", ".join(GROUPS))
    parser.addoption("--mutants-part", default="1/1")
    parser.addoption("--mutants-tests", default="", help="paths with commas, instead of the group's")
    parser.addoption("--mutants-only", default="", help="a function, or the beginning of a module's name")


def pytest_configure(config: Any) -> None:
    names = [name for name in config.getoption("--mutants").split(",") if name]
    if names:
        from hypothesis import Phase, settings

        paths = config.getoption("--mutants-tests").split(",") if config.getoption("--mutants-tests") else []
        paths = paths or [path for name in names for path in GROUPS[name].tests]
        config.args[:] = [str(ROOT / path) for path in dict.fromkeys(paths)]
        config.option.maxfail = 1
        settings.register_profile(
            "mutants", settings(), max_examples=EXAMPLES, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]
        )


class _Only:
    """What comes next is in no module: only the session goes on."""

    def __init__(self, session: Any) -> None:
        self.session = session

    def listchain(self) -> list[Any]:
        return [self.session]


class Watch:
    """Which of our functions a test calls."""

    def __init__(self, sources: list[Source]) -> None:
        self.modules = {source.path: source.name for source in sources}
        self.called: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self.item: Any = None

    def __call__(self, frame: Any, event: str, arg: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename in self.modules:
            name = code.co_qualname.split(".<locals>")[0]
            rows = self.called[self.modules[code.co_filename], name]
            if not rows or rows[-1] is not self.item:
                rows.append(self.item)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: Any) -> bool | None:
    names = [name for name in session.config.getoption("--mutants").split(",") if name]
    if not names:
        return None
    from hypothesis import settings

    settings.load_profile("mutants")
    sources = [Source(name) for name in dict.fromkeys(module for name in names for module in GROUPS[name].modules)]
    took, watch = _once(session, sources)
    part, parts = (int(number) for number in session.config.getoption("--mutants-part").split("/"))
    only = session.config.getoption("--mutants-only")
    wanted = [each for source in sources for each in source.changes() if not only or each.function == only or each.module.startswith(only)]
    results = []
    began = time.monotonic()
    by_name = {source.name: source for source in sources}
    killers: dict[str, Any] = {}
    for number, each in enumerate(wanted[part - 1 :: parts], 1):
        items = [item for item in watch.called[each.module, each.function] if took.get(item.nodeid, SLOW) < SLOW]
        items.sort(key=lambda item: (item is not killers.get(each.function), took[item.nodeid]))
        items = _within_budget(items, took)
        outcome, killer = _try(session, each, by_name[each.module], items, limit=20 + 3 * sum(took[item.nodeid] for item in items))
        if killer:
            killers[each.function] = next(item for item in items if item.nodeid == killer)
        results.append({**each.as_json(), "outcome": outcome, "tests": len(items), "by": killer})
        if outcome == "survived":
            print(f"\n{each.module}:{each.line} {each.function}: {each.words}", file=sys.__stderr__, flush=True)
        if number % 50 == 0:
            dead = sum(row["outcome"] != "survived" for row in results)
            print(f"{number} changes, {dead} noticed, {time.monotonic() - began:.0f} s", file=sys.__stderr__, flush=True)
    _tell(",".join(names), results, time.monotonic() - began)
    return True


def _once(session: Any, sources: list[Source]) -> tuple[dict[str, float], Watch]:
    """Every test once, unchanged: how long it takes, and what it calls. Tests that need a database of their own stay out."""
    from _pytest.runner import runtestprotocol

    watch, took = Watch(sources), {}
    items = [item for item in session.items if not _is_alone(item)]
    sys.setprofile(watch)
    for place, item in enumerate(items):
        watch.item = item
        began = time.monotonic()
        reports = runtestprotocol(item, nextitem=items[place + 1] if place + 1 < len(items) else _Only(session), log=False)
        took[item.nodeid] = time.monotonic() - began
        if any(report.failed for report in reports):
            sys.setprofile(None)
            raise pytest.UsageError(
                f"{item.nodeid} is red without any change:\n{[str(r.longrepr) for r in reports if r.failed][0][-2000:]}"
            )
    sys.setprofile(None)
    return took, watch


def _within_budget(items: list[Any], took: dict[str, float]) -> list[Any]:
    """The quick ones first, as many as fit."""
    chosen, left = [], BUDGET
    for item in items:
        left -= took[item.nodeid]
        if left < 0 and chosen:
            break
        chosen.append(item)
    return chosen


def _is_alone(item: Any) -> bool:
    mark = item.get_closest_marker("django_db")
    return bool(mark and mark.kwargs.get("transaction")) or bool(item.get_closest_marker("fault") or item.get_closest_marker("browser"))


def _try(session: Any, wanted: Change, source: Source, items: list[Any], *, limit: float) -> tuple[str, str]:
    """ "survived", "killed" or "hung", and the test that noticed, of one change in a child of its own."""
    if not items:
        return "survived", ""
    from django.db import connections

    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _child(session, wanted, source, items, writing)
    os.close(writing)
    until = time.monotonic() + limit
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(reading)
            return "hung", ""
        time.sleep(0.005)
    with os.fdopen(reading) as pipe:
        killer = pipe.read()
    return ("survived", "") if status == 0 else ("killed", killer)


def _child(session: Any, wanted: Change, source: Source, items: list[Any], writing: int) -> None:
    from _pytest.runner import runtestprotocol

    killer = "?"
    try:
        silent = os.open(os.devnull, os.O_WRONLY)
        for number in (1, 2):
            os.dup2(silent, number)
        install(wanted, source.changed(wanted))
        for place, item in enumerate(items):
            killer = item.nodeid
            reports = runtestprotocol(item, nextitem=items[place + 1] if place + 1 < len(items) else _Only(session), log=False)
            if any(report.failed for report in reports):
                break
        else:
            os._exit(0)
    except BaseException:
        pass
    os.write(writing, killer.encode())
    os._exit(1)


def _tell(name: str, results: list[dict[str, Any]], took: float) -> None:
    folder = ROOT / "build" / "mutants"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(results, indent=1, ensure_ascii=False))
    by_module: dict[str, list[bool]] = defaultdict(list)
    for row in results:
        by_module[row["module"]].append(row["outcome"] != "survived")
    lines = [f"{module:55}{len(found):5}{sum(found):5}{100 * sum(found) / len(found):7.1f} %" for module, found in by_module.items()]
    every = [noticed for found in by_module.values() for noticed in found]
    lines.append(f"{'all':55}{len(every):5}{sum(every):5}{100 * sum(every) / max(1, len(every)):7.1f} %   {took:.0f} s")
    print("\n" + "\n".join(lines), file=sys.__stderr__, flush=True)
