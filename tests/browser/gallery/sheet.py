"""The contact sheet: every picture on one page, and above them what was found wrong. Exit code 1 when there is something."""

import json
import sys
from collections import defaultdict
from html import escape
from typing import Any

import django
from django.urls import URLPattern, URLResolver, get_resolver

from . import FOLDER

# Pages that nobody reaches by a link of another page, and how they are reached.
WITHOUT_LINK: dict[str, str] = {}
HEAD = """<!doctype html><html lang="it"><meta charset="utf-8"><title>Galleria</title><style>
body{font:14px/1.4 system-ui,sans-serif;margin:2rem;color:#1a1a1a}h2{margin-top:3rem}ul{columns:2}
.kind{display:flex;gap:1rem;flex-wrap:wrap;align-items:flex-start;border-top:1px solid #ccc;padding:1rem 0}
.kind h3{flex:0 0 100%;margin:0;font-size:1rem}figure{margin:0}img{border:1px solid #999;height:420px;object-fit:cover;object-position:top}
figcaption{color:#555}.bad{color:#a00000}</style>"""


def main() -> int:
    folder, walks = FOLDER, [json.loads(file.read_text()) for file in sorted(FOLDER.glob("*.json"))]
    pages = [page for walk in walks for page in walk["pages"]]
    wrong = [(page, text) for page in pages for text in page["complaints"]]
    seen = {kind.split("?")[0] for walk in walks for kind in walk["reached"]}
    orphans = sorted(_names() - seen - WITHOUT_LINK.keys())
    (folder / "index.html").write_text(_html(pages, wrong, orphans))
    for page, text in wrong:
        print(f"{page['role']} · {page['kind']} · {page['state']}: {text} ({page['address']})")
    for name in orphans:
        print(f"nobody gets to {name} by a link")
    pictures = sum(len(page["pictures"]) for page in pages)
    print(f"{len(pages)} pages, {pictures} pictures, {len(wrong) + len(orphans)} complaints: {folder / 'index.html'}")
    return 1 if wrong or orphans or not pages else 0


def _names() -> set[str]:
    """The names of all our addresses that a browser may open."""
    found = set()

    def gather(resolver: URLResolver, space: str = "") -> None:
        for one in resolver.url_patterns:
            if isinstance(one, URLResolver):
                gather(one, f"{space}{one.namespace}:" if one.namespace else space)
            elif isinstance(one, URLPattern) and one.name:
                methods = getattr(getattr(one.callback, "view_class", None), "http_method_names", ["get"])
                if "get" in methods and hasattr(getattr(one.callback, "view_class", None), "get"):
                    found.add(space + one.name)

    gather(get_resolver())
    return found


def _html(pages: list[dict[str, Any]], wrong: list[tuple[dict[str, Any], str]], orphans: list[str]) -> str:
    roles: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for page in pages:
        if page["pictures"]:
            roles[page["role"]][page["kind"]].append(page)
    out = [HEAD, f"<h1>Galleria</h1><p>{len(pages)} pagine, {len(wrong) + len(orphans)} cose da guardare</p><ul class=bad>"]
    out += [f"<li>{escape(page['role'])} · {escape(page['kind'])} · {page['state']}: {escape(text)}" for page, text in wrong]
    out += [f"<li>nessun collegamento porta a {escape(name)}" for name in orphans]
    out.append("</ul>")
    for role, kinds in sorted(roles.items()):
        out.append(f"<h2>{escape(role)}</h2>")
        for kind, those in sorted(kinds.items()):
            out.append(f"<div class=kind><h3>{escape(kind)} <small>{escape(those[0]['address'])}</small></h3>")
            for page in those:
                out += [
                    f"<figure><a href='{escape(name)}'><img loading=lazy src='{escape(name)}' alt=''></a>"
                    f"<figcaption>{page['state']} {width}</figcaption></figure>"
                    for width, name in page["pictures"].items()
                ]
            out.append("</div>")
    return "\n".join(out)


if __name__ == "__main__":
    django.setup()
    sys.exit(main())
