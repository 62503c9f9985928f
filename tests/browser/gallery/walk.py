"""Somebody who opens every page they can reach by links, takes its picture at three widths and notices what no page may do."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.urls import Resolver404, resolve
from django.utils.translation.trans_real import translation

from ..visitor import TOO_WIDE, Visitor

WIDTHS = (360, 768, 1280)
OPENED = 24  # links of one kind that are opened: the first is looked at, the others only have to answer, and lead on
FROM_ONE = 2  # links of one kind that one page gives: the others come from other lists and filters, where rows are in other states
HREF = re.compile(r'href="([^"#]+)"')
CHOICES = """forms => forms.flatMap(form => [...form.querySelectorAll('select[name]')].flatMap(select =>
  [...select.options].map(option => option.value && `${form.action.split('?')[0]}?${select.name}=${encodeURIComponent(option.value)}`)))
  .filter(Boolean)"""
CHOSEN = 40  # choices of the filters of one page
FORMS = 4  # forms of one page that are sent empty
REASON = "beneficiaries:reason"
WORD = "Precipitevolissimevolmente@lunghissimo.example.org"
# What people write may be as long as its field lets it; figures and days are not.
LENGTHEN = """word => {
  for (const cell of document.querySelectorAll('main :is(h1, td, dd, h3, .card-title, figcaption)')) {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode())
      if (/\\p{L}{3}/u.test(node.data) && !/\\d{2}\\/\\d{4}/.test(node.data)
          && !node.parentElement.closest('time, .visually-hidden, button, .btn, .pill, .dot, .num, .tick, .totals, svg'))
        { node.data = `${node.data.trimEnd()} ${node.data.trim()} ${word} `; break; }
  }
}"""
SEND_EMPTY = """number => {
  const form = document.querySelectorAll('main form[method=post]')[number];
  const buttons = [...form.querySelectorAll('button[type=submit], button:not([type])')];
  form.noValidate = true;
  for (const input of form.elements) if (input.required)
    { if (['checkbox', 'radio'].includes(input.type)) input.checked = false; else input.value = ''; }
  form.requestSubmit(buttons.find(button => !button.name) ?? buttons[0]);  // one with a name only chooses or previews
}"""
WITH_REQUIRED = "forms => forms.map((form, number) => form.querySelector('[required]') ? number : -1).filter(number => number >= 0)"
NAMES = {"Sede principale"}  # data that happen to be words of the catalogue
TEXTS = """() => { const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode())
    if (!node.parentElement.closest('script, style, [lang=it]') && node.data.trim()) found.push(node.data.trim().replace(/\\s+/g, ' '));
  return found; }"""


@dataclass
class Page:
    """One page as one role saw it in one state; `pictures` are file names by width."""

    role: str
    state: str
    kind: str
    address: str
    pictures: dict[int, str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    as_dict = asdict


class Walker:
    """`visitor` is signed in; `state` is what the network they see is: full or empty."""

    def __init__(self, visitor: Visitor, role: str, state: str, folder: Path) -> None:
        self.visitor, self.role, self.state, self.folder = visitor, role, state, folder
        self.pages: list[Page] = []
        self.opened: Counter[str] = Counter()
        self.choices: list[str] = []  # addresses of the choices in the filters of the page that is looked at

    def walk(self, *starts: str) -> None:
        queue = deque(starts)
        known = set(starts)
        while queue:
            address = queue.popleft()
            kind = kind_of(address)
            if kind is None or self.opened[kind] >= OPENED:
                continue
            self.opened[kind] += 1
            given: Counter[str | None] = Counter()
            for found in self._look_at(kind, address) if self.opened[kind] == 1 else self._only_answers(kind, address):
                if found not in known and given[of := kind_of(found)] < FROM_ONE:
                    known.add(found)
                    given[of] += 1
                    queue.append(found)
            queue.extend(choice for choice in self.choices if choice not in known)  # each shows other rows: what waits, what is over
            known.update(self.choices)
            self.choices.clear()

    def in_english(self) -> None:
        """The same pages again: no text of theirs may still be the Italian of the catalogue."""
        page, catalogue = self.visitor.page, _catalogue()
        page.goto("/")
        page.locator("button[name=language][value=en]").first.click()
        for seen in [each for each in self.pages if each.pictures and each.state == self.state]:
            page.goto(seen.address)
            left = sorted({text for text in page.evaluate(TEXTS) if text in catalogue and text not in NAMES})
            seen.complaints += [f"in English still: {text}" for text in left]

    def _only_answers(self, kind: str, address: str) -> Iterator[str]:
        answer = self.visitor.context.request.get(address)
        if answer.status >= 400:
            self.pages.append(Page(self.role, self.state, kind, address, complaints=[f"a link that answers {answer.status}"]))
        elif "text/html" in answer.headers.get("content-type", ""):
            yield from filter(self._is_ours, (urljoin(answer.url, unescape(link)) for link in HREF.findall(answer.text())))

    def _look_at(self, kind: str, address: str) -> Iterator[str]:
        page = self.visitor.page
        head = self.visitor.context.request.get(address)
        if head.status >= 400 or "text/html" not in head.headers.get("content-type", ""):
            complaints = [f"a link that answers {head.status}"] if head.status >= 400 else []
            self.pages.append(Page(self.role, self.state, kind, address, complaints=complaints))
            return
        page.goto(address)
        if self._here() == REASON and kind != REASON:
            self._give_a_reason(address)
        self._picture(kind, address, self.state)
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        choices = page.eval_on_selector_all("main form[method=get], main form:not([method])", CHOICES)
        self.choices += filter(self._is_ours, choices[:CHOSEN])
        yield from filter(self._is_ours, links)
        page.evaluate(LENGTHEN, WORD)
        self._picture(kind, address, "long", axe=False)
        forms = page.eval_on_selector_all("main form[method=post]", WITH_REQUIRED) if self.state == "full" else []
        for number in forms[:FORMS]:
            page.goto(address)
            with page.expect_navigation() as led:
                page.evaluate(SEND_EMPTY, number)
            self._picture(kind, address, f"error-{number}" if number else "error")
            if not 400 <= led.value.status < 500:
                self.pages[-1].complaints.append(f"a form sent empty is answered {led.value.status}")

    def _here(self) -> str:
        return resolve(urlsplit(self.visitor.page.url).path).view_name

    def _give_a_reason(self, address: str) -> None:
        """The person is somebody else's to follow: say why, as a colleague would."""
        page = self.visitor.page
        if not self.opened[REASON]:
            self.opened[REASON] += 1
            self._picture(REASON, page.url, self.state)
        page.locator("main [name=why]").first.check()
        page.locator("main [name=reason]").fill("Preparo l’incontro con la famiglia")
        with page.expect_navigation():
            page.locator("main form button").first.click()
        page.goto(address)

    def _is_ours(self, link: str) -> bool:
        return link.startswith(self.visitor.site.url + "/") and "#" not in link

    def _picture(self, kind: str, address: str, state: str, *, axe: bool = True) -> None:
        page, one = self.visitor.page, Page(self.role, state, kind, address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if out := page.evaluate(TOO_WIDE):
                one.complaints.append(f"wider than {width} px: {', '.join(out)}")
            name = f"{self.role}/{re.sub(r'[^a-z0-9]+', '-', kind)}.{state}.{width}.jpg"
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=self.folder / name, full_page=True, type="jpeg", quality=55)
            one.pictures[width] = name
        if axe:
            one.complaints += self.visitor.axe()
        one.complaints += self.visitor.complaints
        self.visitor.complaints.clear()
        self.pages.append(one)


def kind_of(address: str) -> str | None:
    """The name of the page behind an address, with the names of what is asked of it; None when it is no page of ours."""
    parts = urlsplit(address)
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return f"nowhere {parts.path}"
    asked = sorted({key for key, _value in parse_qsl(parts.query)})
    return f"{name}?{'&'.join(asked)}" if asked else name


def _catalogue() -> set[str]:
    """The Italian texts whose English is another."""
    pairs = {key: text for key, text in translation("en")._catalog.items() if isinstance(key, str) and key}  # type: ignore[attr-defined]
    english = set(pairs.values())
    return {key.strip() for key, text in pairs.items() if key != text and key not in english and re.search(r"[^\W\d]{3}", key)}
