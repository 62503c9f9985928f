"""The components of every page: tags and filters preloaded in all templates (docs/components.md).

Small pieces are built here, larger ones have a template in `templates/components/`. Tags ending in `end…` wrap content.
Tones say meaning, never colour alone: `neutral info ok warn bad`; each has its icon and goes with a text.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ..columns import Column, cells, heads
from ..spreadsheets import file_urls
from ..words import NOTHING, day, day_short, euro, euro_exact, hours, moment, month, or_dash, percent, weekday, written

register = template.Library()

TONE_ICONS = {
    "neutral": "it-minus-circle",
    "info": "it-info-circle",
    "ok": "it-check-circle",
    "warn": "it-warning-circle",
    "bad": "it-error",
}
# Words of state shared by many rooms; a state not listed is neutral.
STATES_BY_TONE = {
    "ok": "accepted active agreed approved awarded charged confirmed delivered done frozen granted in_force in_order issued"
    " liquidated offset paid placed present published ready received registered settled signed valid verified",
    "info": "asked checked code_sent open opened pending planned prepared proposed queued rendering"
    " reported reporting running sent submitted validated waiting",
    "warn": "arrived expiring held late left no_paper returned suspended to_confirm waived",
    "bad": "blocked bounced cancelled early_end expired failed refused rejected revoked wrong",
}
STATE_TONES = {state: tone for tone, states in STATES_BY_TONE.items() for state in states.split()}
MESSAGE_TONES = {"debug": "neutral", "info": "info", "success": "ok", "warning": "warn", "error": "bad"}


# --- Filters: how values read


for read in (euro, euro_exact, hours, written, day, day_short, weekday, month, moment, percent, or_dash):
    register.filter(read)


@register.filter
def italian(text: str) -> SafeString:
    """What was written and kept in Italian, marked so: a voice that reads the page to who chose English pronounces it right."""
    return format_html('<span lang="it">{}</span>', text) if text else SafeString("")


@register.filter
def tone_of(state: str) -> str:
    return STATE_TONES.get(str(state), "neutral")


# --- Small pieces


@register.simple_tag
def icon(name: str, label: str = "", size: str = "sm", extra: str = "") -> SafeString:
    """An icon of the sprite, hidden from screen readers unless it has a label. Sizes: xs sm md lg."""
    hidden = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    head, use = _drawing(str(name), str(size), str(extra))
    return mark_safe(f"{head}{hidden}{use}")


@lru_cache(maxsize=512)
def _drawing(name: str, size: str, extra: str) -> tuple[SafeString, SafeString]:
    """The icon around its label. Kept: a page has some forty icons, and few different ones."""
    use = format_html(' focusable="false"><use href="{}#{}"></use></svg>', static("core/icons.svg"), name)
    return format_html('<svg class="icon-{} {}" ', size, extra), use


@register.simple_tag
def badge(label: str, tone: str = "neutral", icon_name: str = "") -> SafeString:
    """A state: colour, icon and words."""
    return format_html('<span class="pill tone-{}">{}{}</span>', tone, icon(icon_name or TONE_ICONS[tone], size="xs"), label)


@register.simple_tag
def state_badge(state: str, label: str) -> SafeString:
    """The badge of a state code, its tone looked up in `STATE_TONES`."""
    return badge(label, tone_of(state))


@register.simple_tag
def dot(tone: str, label: str) -> SafeString:
    """A light with its words, for rows of a list."""
    return format_html('<span class="dot tone-{}">{}<span>{}</span></span>', tone, icon(TONE_ICONS[tone], size="xs"), label)


@register.simple_tag
def link_button(label: str, url: str, kind: str = "primary", icon_name: str = "") -> SafeString:
    """A link that looks like a button. Kinds: primary secondary quiet danger."""
    return format_html('<a class="{}" href="{}">{}{}</a>', _button_class(kind), url, icon(icon_name) if icon_name else "", label)


@register.simple_tag
def button(label: str, kind: str = "primary", name: str = "", value: str = "", icon_name: str = "", url: str = "") -> SafeString:
    """The button that sends the form around it; `url` sends it elsewhere."""
    extra = format_html(' name="{}" value="{}"', name, value) if name else ""
    extra = format_html('{} formaction="{}"', extra, url) if url else extra
    return format_html(
        '<button type="submit" class="{}"{}>{}{}</button>', _button_class(kind), extra, icon(icon_name) if icon_name else "", label
    )


def _button_class(kind: str) -> str:
    return {
        "primary": "btn btn-primary",
        "secondary": "btn btn-outline-primary",
        "quiet": "btn btn-quiet",
        "danger": "btn btn-danger",
    }[kind]


@register.simple_tag
def menu_items(items: Iterable[Mapping[str, Any]]) -> SafeString:
    """The entries of a menu. No template for each: there are twice twenty on every page."""
    return format_html_join("", '<li><a href="{}"{}>{}{}</a></li>', map(_menu_item, items))


def _menu_item(item: Mapping[str, Any]) -> tuple[Any, ...]:
    current = mark_safe(' aria-current="page"') if item.get("active") else ""
    badge = format_html('<span class="count">{}</span>', item["badge"]) if item.get("badge") else ""
    return item["url"], current, item["label"], badge


@register.simple_tag(takes_context=True)
def form_tokens(context: Context, csrf: str = "", submission: str = "") -> SafeString:
    """The hidden fields of every POST form: CSRF and the submission's uuid (a repeat is answered with the first result); those of a form
    that is given back, where it is sent again."""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="_submission" value="{}">',
        csrf or context.get("csrf_token", ""),
        submission or uuid.uuid4(),
    )


@register.simple_tag(takes_context=True)
def post_button(context: Context, /, url: str, label: str, kind: str = "secondary", icon_name: str = "", **hidden: object) -> SafeString:
    """A form of one button; further keywords are sent as hidden fields."""
    fields = [format_html('<input type="hidden" name="{}" value="{}">', name, value) for name, value in hidden.items()]
    return format_html(
        '<form method="post" action="{}" class="inline-form">{}{}{}</form>',
        url,
        form_tokens(context),
        mark_safe("".join(fields)),
        button(label, kind=kind, icon_name=icon_name),
    )


@register.simple_tag
def qr(text: str) -> str:
    """A QR code as the `src` of an image; the image's `alt` says what it opens."""
    from ..rendering import qr_data_uri

    return qr_data_uri(text)


@register.simple_tag
def fact(label: str, value: object = "", empty: str = NOTHING) -> SafeString:
    """One row of `{% facts %}`; for richer content write `<div><dt>…</dt><dd>…</dd></div>`."""
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, empty if value in (None, "") else value)


# --- Wrapping pieces


@register.simple_block_tag
def page_header(content: str, title: str, lead: str = "", kicker: str = "") -> SafeString:
    """The page's only h1, its lead, and its actions as content (one primary action a page)."""
    return _render("page_header", title=title, lead=lead, kicker=kicker, content=mark_safe(content.strip()))


@register.simple_block_tag
def card(content: str, title: str = "", url: str = "", icon_name: str = "", level: int = 2, tone: str = "") -> SafeString:
    return _render("card", title=title, url=url, icon_name=icon_name, level=level, tone=tone, content=content)


@register.simple_block_tag
def folded_card(content: str, title: str, note: str = "", icon_name: str = "", is_open: bool = False) -> SafeString:
    """A card that shows its title and a word about what is inside, and opens when asked."""
    return _render("folded_card", title=title, note=note, icon_name=icon_name, is_open=is_open, content=content)


@register.simple_block_tag
def facts(content: str, title: str = "") -> SafeString:
    """A definition list of `{% fact %}`."""
    return format_html('{}<dl class="facts">{}</dl>', format_html('<h2 class="part-title">{}</h2>', title) if title else "", content)


@register.simple_block_tag
def table(content: str, caption: str, show_caption: bool = False) -> SafeString:
    """A table that becomes cards on a phone: every `td` carries `data-label`."""
    return format_html(
        '<div class="table-box"><table class="stack-table"><caption class="{}">{}</caption>{}</table></div>',
        "" if show_caption else "visually-hidden",
        caption,
        content,
    )


@register.simple_block_tag
def figures(content: str) -> SafeString:
    """A row of `{% figure %}` tiles."""
    return format_html('<ul class="figures">{}</ul>', content)


@register.simple_block_tag
def alert(content: str, tone: str = "info", title: str = "") -> SafeString:
    return _render("alert", tone=tone, title=title, content=content, icon_name=TONE_ICONS[tone])


@register.simple_block_tag
def callout(content: str, title: str = "", tone: str = "info") -> SafeString:
    """A quiet box beside the text: what happens next, who is asked, why."""
    return _render("callout", tone=tone, title=title, content=content, icon_name=TONE_ICONS[tone])


@register.simple_block_tag
def help_text(content: str, title: str) -> SafeString:
    """Help inside the page it explains: closed until asked, works without JavaScript."""
    return _render("help", title=title, content=content)


@register.simple_block_tag
def filter_bar(content: str, form: BaseForm, results: str = "") -> SafeString:
    """Filters of a list, kept in the URL (GET); the content holds exports.

    On a telephone the first of many stands alone, and the others open under it: by themselves where one of them narrows the list.
    """
    others = form.visible_fields()[1:]
    narrowed = form.is_bound and any(field.data for field in others)
    return _render("filter_bar", form=form, folds=len(others) > 1, narrowed=narrowed, results=results, content=mark_safe(content.strip()))


@register.simple_block_tag
def renewing(content: str, id: str, pending: object = True) -> SafeString:
    """A part that shows what the worker is making: while `pending` it asks its own page for itself every two seconds."""
    return _render("renewing", id=id, pending=pending, content=content)


@register.simple_block_tag
def actions(content: str) -> SafeString:
    """The row of buttons that ends a form."""
    return format_html('<div class="actions">{}</div>', content)


def _render(name: str, **context: Any) -> SafeString:
    return mark_safe(render_to_string(f"components/{name}.html", context))


# --- Larger pieces


@register.inclusion_tag("components/figure.html")
def figure(label: str, number: object, url: str = "", note: str = "", trend: str = "", tone: str = "") -> dict:
    """A number with its words; `url` opens the rows behind it; `trend` is up, down or same, said in `note`."""
    icons = {"up": "it-arrow-up", "down": "it-arrow-down", "same": "it-minus"}
    return {"label": label, "number": number, "url": url, "note": note, "trend_icon": icons.get(trend, ""), "tone": tone}


@register.inclusion_tag("components/empty.html")
def empty(title: str, text: str = "", url: str = "", action: str = "", icon_name: str = "it-inbox") -> dict:
    """What to do when a list has nothing."""
    return {"title": title, "text": text, "url": url, "action": action, "icon_name": icon_name}


@register.inclusion_tag("components/saved_searches.html", takes_context=True)
def saved_searches(context: Context) -> dict:
    """Above a list: the searches that are kept of it, and how to keep this one. Nothing where none are kept. One query."""
    found: dict = import_string(settings.SAVED_SEARCHES)(context["request"])
    return {"rows": found.get("rows", ()), "new_url": found.get("new_url", "")}


@register.simple_tag
def column_heads(columns: Iterable[Column]) -> SafeString:
    """The head of a list whose columns are chosen; the first one, which names the row, is the template's."""
    return heads(columns)


@register.simple_tag(takes_context=True)
def column_cells(context: Context, columns: Iterable[Column], row: Any) -> SafeString:
    """The cells of one row of such a list."""
    return cells(columns, row, context["access"])


@register.inclusion_tag("components/list_columns.html", takes_context=True)
def list_columns(context: Context, file: str) -> dict:
    """Below such a list: its files, with the filters of the page, and where its columns are chosen. `file` is the name of their address."""
    request = context["request"]
    return {**file_urls(file, request.GET), "page": request.resolver_match.view_name, "may_choose": request.access.ambito_id is not None}


@register.inclusion_tag("components/pager.html")
def pager(previous_url: str | None = "", next_url: str | None = "", summary: str = "") -> dict:
    """Keyset previous / next; nothing is drawn when there is a single page and no summary."""
    return {"previous_url": previous_url, "next_url": next_url, "summary": summary}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Mapping], label: str = "") -> dict:
    """Sections of one thing, each its own page: items are `{label, url, active, badge}`."""
    return {"items": [{"badge": "", "active": False, **item} for item in items], "label": label or _("Sezioni")}


@register.inclusion_tag("components/steps.html")
def steps(items: Iterable[Mapping]) -> dict:
    """A path with its place: items are `{label, state: done|current|todo, url}`."""
    words = {"done": _("fatto"), "current": _("passo attuale"), "todo": _("da fare")}
    return {"items": [{"url": "", **item, "word": words[item["state"]]} for item in items]}


@register.inclusion_tag("components/timeline.html")
def timeline(items: Iterable[Mapping]) -> dict:
    """What happened, newest first: items are `{when, title, text, who, tone, url, links, earlier}`; `when` is a date or a datetime.

    `links`: (label, url) under the text; `earlier`: how it was told before, `{at, who, text}`, folded.
    """
    rows = []
    for item in items:
        row = {"text": "", "who": "", "tone": "neutral", "url": "", "links": (), "earlier": (), **item}
        row["is_moment"] = isinstance(row["when"], dt.datetime)
        row["icon_name"] = TONE_ICONS[row["tone"]]
        rows.append(row)
    return {"items": rows}


@register.inclusion_tag("components/progress.html")
def progress(label: str, value: int, total: int, note: str = "") -> dict:
    """A bar with its words: `18 di 40`."""
    share = round(100 * value / total) if total else 0
    return {"label": label, "value": value, "total": total or 1, "note": note, "share": min(share, 100)}


@register.inclusion_tag("components/job.html", takes_context=True)
def job(context: Context, job: Any, poll_url: str = "", cancel_url: str = "", result_label: str = "") -> dict:
    """A `core.Job` under way: bar, state in words, cancel, the file at the end. While it goes it asks `poll_url` every two seconds;
    the polled view answers with this same tag (`components/job_fragment.html`)."""
    return {
        "job": job,
        "going": job.state in ("queued", "running"),
        "tone": tone_of(job.state),
        "poll_url": poll_url,
        "cancel_url": cancel_url,
        "result_label": result_label or _("Apri il risultato"),
        "csrf_token": context.get("csrf_token", ""),
    }


@register.inclusion_tag("components/start_light.html", takes_context=True)
def start_light(context: Context, items: Iterable[Mapping], title: str = "") -> dict:
    """The semaforo: items are `{state: green|amber|red|waived, text, why, rule, url, action, post}`.

    A red item says why, cites its rule and offers the button that fixes it (`post` true: a one-button form). Its whole is red when an item
    is red, else amber when one is amber, else green. What is open stands on top; what is settled is folded below it when it is long.
    """
    rows, states = [], []
    words = {"green": _("a posto"), "amber": _("da completare"), "red": _("blocca l’avvio"), "waived": _("derogato")}
    tones = {"green": "ok", "amber": "warn", "red": "bad", "waived": "neutral"}
    for item in items:
        row = {"why": "", "rule": "", "url": "", "action": "", "post": False, **item}
        tone = tones[row["state"]]
        rows.append({**row, "tone": tone, "icon_name": TONE_ICONS[tone], "word": words[row["state"]]})
        states.append(row["state"])
    whole = next((state for state in ("red", "amber") if state in states), "green")
    summary = {
        "red": _("Non può ancora partire"),
        "amber": _("Può partire, ma manca qualcosa"),
        "green": _("Tutto pronto per partire"),
    }[whole]
    settled = [row for row in rows if row["state"] in ("green", "waived")]
    return {
        "open": [row for row in rows if row not in settled],
        "settled": settled,
        "count": len(rows),
        "title": title or _("Semaforo di avvio"),
        "tone": tones[whole],
        "whole": whole,
        "summary": summary,
        "ready": len(settled),
        "csrf_token": context.get("csrf_token", ""),
    }


@register.inclusion_tag("components/file_row.html")
def file_row(
    title: str, url: str = "", number: str = "", state: str = "", state_label: str = "", note: str = "", size: int | None = None
) -> dict:
    """A document: number, state, download. Without `url` it is still being made."""
    return {
        "title": title,
        "url": url,
        "is_told": bool(state_label) and state == "pending",  # the badge says already that it is being made
        "number": number,
        "tone": tone_of(state),
        "state_label": state_label,
        "note": note,
        "size": size,
    }


@register.inclusion_tag("components/chart.html")
def chart(chart: Any, note: str = "") -> dict:
    """A chart of `core.charts` with the table behind it."""
    return {"chart": chart, "note": note}


@register.inclusion_tag("components/messages.html")
def messages_list(messages: Iterable) -> dict:
    tones = [(MESSAGE_TONES.get(message.level_tag, "info"), message) for message in messages or ()]
    return {"items": [(tone, TONE_ICONS[tone], message) for tone, message in tones]}


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(*pairs: object) -> dict:
    """`{% breadcrumb "Persone" url "Maria Rossi" %}`: label, url, label, url, … and the page's own label last. Raises ValueError where one
    is missing: a label would become an address."""
    if len(pairs) % 2 == 0:
        raise ValueError(f"breadcrumb wants label, url, …, label: {pairs}")
    return {"links": [{"label": pairs[i], "url": pairs[i + 1]} for i in range(0, len(pairs) - 1, 2)], "here": pairs[-1]}


@register.inclusion_tag("components/fieldset.html")
def fieldset(form: BaseForm, names: str, legend: str = "", hint: str = "") -> dict:
    """Some fields of a form under a legend: `{% fieldset form "first_name last_name" "Chi è" %}`."""
    return {"fields": [form[name] for name in names.split()], "legend": legend, "hint": hint}


@register.inclusion_tag("forms/errors.html")
def form_errors(form: BaseForm) -> dict:
    """The error summary of a form laid out by hand, with its hidden fields (`{{ form }}` draws both by itself)."""
    return {"form": form, "hidden_fields": form.hidden_fields()}


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """One field with label, hint and errors."""
    return bound.as_field_group()
