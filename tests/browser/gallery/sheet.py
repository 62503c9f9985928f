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
_BY_LINK = "a personal link, by mail, SMS or QR code"
_BY_PROGRAM = "asked for by the page itself, by the telephone's own program or by programs of others"
_AFTER = "where an order or a form leads"
_PAPER = "the file of a paper: in the gallery the seed's own wait for a worker"
_STATE = "a step from a state that the walk does not meet in the demo: the tests of its room open it"
WITHOUT_LINK: dict[str, str] = {
    **dict.fromkeys(
        "accounts:accept_invitation courses:here here:done here:say portal:door signing:door signing:paper signing:refuse signing:sign"
        " website:card website:ready website:ready_door".split(),
        _BY_LINK,
    ),
    **dict.fromkeys(
        "agreements:company_choices agreements:sums api:docs api:schema desk:feed desk:logo desk:search portal:data portal:inspection"
        " portal:left portal:manifest portal:shell portal:worker website:badge website:badge_class website:issuer".split(),
        _BY_PROGRAM,
    ),
    **dict.fromkeys(
        "agreements:group_done agreements:papers_made attendance:sheets_printed core:job reports:detail reports:file"
        " website:joined".split(),
        _AFTER,
    ),
    **dict.fromkeys(
        "agreements:document agreements:evidence_file agreements:hand_over_paper agreements:minutes agreements:signed_copy"
        " agreements:validation_act attendance:given_paper attendance:month_act attendance:paper attendance:poster_file beneficiaries:paper"
        " certification:act certification:document courses:paper desk:our_thread_file hosts:thread_file inspection:paper"
        " liquidations:act_copy liquidations:paper liquidations:published liquidations:sepa matching:minutes monitoring:notice_file"
        " our_impact:paper solidarity_fund:act training:document training:passport_file".split(),
        _PAPER,
    ),
    **dict.fromkeys(
        "agreements:accept_hand_over agreements:attest agreements:attestation agreements:call_off_end agreements:call_off_tutor"
        " agreements:correct_meeting agreements:decline_hand_over agreements:hand_over agreements:meeting agreements:withdraw_hand_over"
        " attendance:remove_scan inspection:site liquidations:close_sample matching:draft matching:tell_visit monitoring:close"
        " monitoring:reported ours:remove ours:remove_expense territory:outside_act territory:proposal territory:withdraw training:record"
        " training:screen treasury:confirm_closing treasury:release_left treasury:reopen_period treasury:withdraw_closing".split(),
        _STATE,
    ),
    **dict.fromkeys("area:enter area:mine area:paper".split(), "a sign-in that the body connects: off in the demo"),
    "desk:hats": "the first page of who has several roles: nobody of the gallery",
}
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
