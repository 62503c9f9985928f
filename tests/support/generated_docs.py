"""Documents that are written from the code: `python -m tests.support.generated_docs` writes them, tests/contracts compares."""

from pathlib import Path

from django.utils import translation

from .sources import ROOT

NOTE = "Written from the code by `python -m tests.support.generated_docs`; do not edit.\n"


def permissions() -> str:
    """docs/permissions.md: who may do what, both ways round."""
    from impresasolidale.accounts.permissions import COMPANY_ROLES, ROLE_PERMISSIONS, Permission, Role

    lines = [
        "# Roles and permissions\n",
        NOTE,
        "The table is `impresasolidale.accounts.permissions.ROLE_PERMISSIONS`. A permission never widens what is reached: the Ambito,",
        "the company and the care team decide that first. A foreign owner's row is 404, an own row without the right is 403.\n",
        f"Roles of a company: {', '.join(str(r.label) for r in Role if r in COMPANY_ROLES)}.\n",
        "## By role\n",
        "| Role | Code | May |",
        "|---|---|---|",
    ]
    for role in Role:
        may = ", ".join(f"`{p}`" for p in Permission if p in ROLE_PERMISSIONS[role]) or "nothing beyond its own pages"
        lines.append(f"| {role.label} | `{role}` | {may} |")
    lines += ["", "## By permission\n", "| Permission | Roles |", "|---|---|"]
    for permission in Permission:
        roles = ", ".join(str(r.label) for r in Role if permission in ROLE_PERMISSIONS[r]) or "nobody"
        lines.append(f"| `{permission}` | {roles} |")
    return "\n".join(lines) + "\n"


def states() -> str:
    """docs/states.md: every state table, as a diagram and as a table."""
    from .machines import machines

    lines = [
        "# Lives of things\n",
        NOTE,
        "Each diagram is a `Machine` of a `transitions.py`. The database refuses every other step (`core.sql.transition_guard`), one",
        "service walks each (`core.transitions.perform`), and each step walked is a row of the audit trail. *System*: nobody's button,",
        "the application takes the step when its condition is met.",
    ]
    for machine in machines():
        lines += ["", f"## {machine.code}\n", "```mermaid", "stateDiagram-v2"]
        entered = {t.target for t in machine.transitions}
        left = {s for t in machine.transitions for s in t.sources}
        lines += [f"    [*] --> {state}" for state in machine.states if state not in entered] or [f"    [*] --> {machine.states[0]}"]
        lines += [f"    {source} --> {t.target}: {t.name}" for t in machine.transitions for source in t.sources]
        lines += [f"    {state} --> [*]" for state in machine.states if state not in left]
        lines += ["```", "", "| Step | On the button | From | To | Permission | Reason |", "|---|---|---|---|---|---|"]
        for t in machine.transitions:
            sources = ", ".join(f"`{s}`" for s in t.sources)
            permission = f"`{t.permission}`" if t.permission else "*system*"
            reason = "asked" if t.needs_reason else "—"
            lines.append(f"| `{t.name}` | {t.label or '—'} | {sources} | `{t.target}` | {permission} | {reason} |")
    return "\n".join(lines) + "\n"


def guards() -> str:
    """docs/operations/guards.md: what stands between a mistake and the data, and the tests that turn red without it."""
    from tests.contracts.test_guards_bite import BEHIND

    lines = [
        "# Guards\n",
        NOTE,
        "Each guard can be taken away by itself (`tests/support/without.py`); each of these tests then turns red. The proof:",
        "`./impresa test --deep tests/contracts/test_guards_bite.py`.\n",
        "| Guard | Tests that turn red without it |",
        "|---|---|",
    ]
    lines += [f"| {guard} | {'<br>'.join(f'`{test}`' for test in tests)} |" for guard, tests in BEHIND.items()]
    return "\n".join(lines) + "\n"


def fields() -> str:
    """docs/fields.md: which fields of a person each role reads."""
    from impresasolidale.accounts.permissions import Role
    from tests.contracts.test_fields import approved

    from .fields import words

    readers: dict[str, list[str]] = {}
    for role in Role:
        for place in approved(role):
            readers.setdefault(place, []).append(str(role.label))
    lines = [
        "# Fields of a person, and who reads them\n",
        NOTE,
        "What each role really reads: a mark is put in every field of words of every row about a person, every page, file and address of",
        "the API is asked as each role, and the marks are looked for in the answers (`tests/contracts/test_fields.py`). What was approved",
        "is in `tests/contracts/fields.toml`. Whose rows a role reaches at all is decided before: by Ambito, comune, company, care team.",
        "Of sealed papers nothing is said here: each has its own readers and its own tests.\n",
        "| Of | Field | Column | Who reads it |",
        "|---|---|---|---|",
    ]
    with translation.override("it"):
        rows = sorted((*words(place), place) for place in readers)
    lines += [f"| {of} | {field} | `{place}` | {', '.join(readers[place])} |" for of, field, place in rows]
    return "\n".join(lines) + "\n"


DOCUMENTS = {"fields.md": fields, "permissions.md": permissions, "states.md": states, "operations/guards.md": guards}


def written(name: str) -> str:
    with translation.override("it"):
        return DOCUMENTS[name]()


def path(name: str) -> Path:
    return ROOT / "docs" / name


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "impresasolidale.settings.test")
    django.setup()
    for name in DOCUMENTS:
        path(name).write_text(written(name))
