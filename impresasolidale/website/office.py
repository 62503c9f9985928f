"""The office's side of the site: its pages from a draft to everybody, pictures and consents, the yearly look at accessibility."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.selectors import companies_for_choice
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import todos
from impresasolidale.core.views import Action, FormPage, Guarded, Page, SeeOther, say_done, serve_stored
from impresasolidale.core.words import day
from impresasolidale.territory.selectors import network_of

from . import article_forms as forms
from . import article_selectors as selectors
from . import services
from .models import Article
from .rules import blocks
from .transitions import ARTICLE


class Articles(Page):
    template_name = "website/office/articles.html"
    permission = Permission.EDIT_SITE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = forms.ArticleFilter(self.request.GET)
        wanted = form.cleaned_data if form.is_valid() else {}
        page = selectors.articles_page(self.access, self.request.GET, state=wanted.get("stato", ""), kind=wanted.get("tipo", ""))
        rows = [(row, row.live_photos[0] if row.live_photos else None) for row in page.rows]
        return super().get_context_data(form=form, rows=rows, searched=any(wanted.values()), **page.urls(self.request.GET), **kwargs)


class _OfArticle(Guarded):
    permission = Permission.EDIT_SITE

    @cached_property
    def row(self) -> Article:
        return selectors.article_for(self.access, self.kwargs["public_id"])

    def here(self) -> str:
        return reverse("site:article", args=[self.kwargs["public_id"]])


class ArticlePage(_OfArticle, Page):
    """As everybody would read it, with what is missing and the one step that comes next."""

    template_name = "website/office/article.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        steps = {step.name for step in ARTICLE.available(row.state, self.access)}
        photo = row.live_photos[0] if row.live_photos else None  # type: ignore[attr-defined]
        return super().get_context_data(
            row=row,
            steps=steps,
            blocks=blocks(row.text),
            photo=photo,
            consents=selectors.consents_of(self.access, row),
            why=selectors.why_returned(row) if row.state == Article.State.DRAFT else "",
            is_own=self.access.actor_id in row.authors,
            **kwargs,
        )


class _ArticleForm(_OfArticle, FormPage):
    """A form of one page; what the service refuses comes back beside the field."""

    template_name = "website/office/form.html"
    open_states: tuple[str, ...] = ()  # elsewhere the form leads back to the page

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.open_states and self.row.state not in self.open_states:
            return SeeOther(self.here())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"row": self.row, **kwargs})

    def back(self) -> str:
        return self.here()

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if getattr(form, "is_stale", False) else 422)


def _choices(access: Any) -> list[tuple[str, str]]:
    return [(str(company.public_id), str(company)) for company in companies_for_choice(access)]


class _Words:
    """The company that was chosen, among those the form offered."""

    access: Any

    def values(self, data: dict[str, Any]) -> dict[str, Any]:
        company = next((c for c in companies_for_choice(self.access) if str(c.public_id) == data["company"]), None)
        return {**data, "company": company}


class NewArticle(_Words, FormPage):
    template_name = "website/office/form.html"
    form_class = forms.ArticleForm
    permission = Permission.EDIT_SITE
    title = gettext_lazy("Una pagina nuova")
    lead = gettext_lazy("Scrivila come la racconteresti a un vicino. Un'altra persona la rilegge, poi è sul sito.")
    button = gettext_lazy("Salva la bozza")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "companies": _choices(self.access), "current_version": 0}

    def back(self) -> str:
        return reverse("site:articles")

    def act(self, form: Any) -> str:
        row = services.write_article(values=self.values(form.cleaned_data), by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La bozza è salvata. Se vuoi, aggiungi una fotografia."))
        return reverse("site:article", args=[row.public_id])


class EditArticle(_Words, _ArticleForm):
    form_class = forms.ArticleForm
    title = gettext_lazy("Cambia le parole")
    lead = gettext_lazy("Se la pagina aspettava chi approva, torna in preparazione: si rimanda quando è pronta.")
    button = gettext_lazy("Salva la bozza")
    open_states = (Article.State.DRAFT, Article.State.PROPOSED)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "companies": _choices(self.access), "current_version": self.row.row_version}

    def get_initial(self) -> dict[str, Any]:
        company = self.row.company
        return {**{name: getattr(self.row, name) for name in services.FIELDS}, "company": str(company.public_id) if company else ""}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.rewrite_article(
            article=self.row, values=self.values(data), seen=data["row_version"], by=self.access, today=timezone.localdate()
        )
        messages.success(self.request, _("La bozza è salvata."))
        return self.here()


# --- The picture


class SetPhoto(_ArticleForm):
    form_class = forms.PhotoForm
    title = gettext_lazy("La fotografia")
    lead = gettext_lazy("Una sola, orizzontale se puoi. Prende il posto di quella che c'è.")
    button = gettext_lazy("Metti la fotografia")
    open_states = (Article.State.DRAFT, Article.State.PROPOSED)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.set_photo(article=self.row, file=data["photo"], alt=data["alt"], people=data["people"], by=self.access)
        if data["people"]:
            messages.success(self.request, _("La fotografia c'è. Adesso servono i consensi di chi si vede."))
        else:
            messages.success(self.request, _("La fotografia c'è."))
        return self.here()


class RemovePhoto(_OfArticle, Action):
    def act(self) -> str:
        services.remove_photo(article=self.row, by=self.access)
        messages.success(self.request, _("La fotografia non c'è più."))
        return self.here()

    def back(self) -> str:
        return self.here()


class PhotoFile(_OfArticle):
    """The picture of a page in preparation, for the office."""

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        photos: list[Any] = self.row.live_photos  # type: ignore[attr-defined]
        if not photos:
            raise Http404
        return serve_stored(photos[0].file_name, photos[0], by=self.access, place="site:photo", content_type="image/jpeg")


class AddConsent(_ArticleForm):
    form_class = forms.ConsentForm
    title = gettext_lazy("Il consenso di chi si vede")
    lead = gettext_lazy("Uno per persona. Il foglio resta in ufficio; sul sito non compare nessun nome.")
    button = gettext_lazy("Registra il consenso")

    def act(self, form: Any) -> str:
        photos: list[Any] = self.row.live_photos  # type: ignore[attr-defined]
        if not photos:
            raise Http404
        services.add_consent(photo=photos[0], by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Il consenso è registrato."))
        return self.here()


class ConsentFile(_OfArticle):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        row = selectors.consent_for(self.access, self.row, kwargs["consent_id"])
        shown: dict[str, Any] = {"content_type": row.content_type, "filename": str(row.public_id), "as_attachment": True}
        return serve_stored(row.file_name, row, by=self.access, place="site:consent", **shown)


class RevokeConsent(_ArticleForm):
    form_class = forms.RevokeForm
    title = gettext_lazy("Ha cambiato idea")
    lead = gettext_lazy("La fotografia sparisce subito dal sito e dal programma. Le parole restano.")
    button = gettext_lazy("Registra la revoca")

    def get_initial(self) -> dict[str, Any]:
        return {"revoked_on": timezone.localdate()}

    def act(self, form: Any) -> str:
        row = selectors.consent_for(self.access, self.row, self.kwargs["consent_id"])
        services.revoke_consent(consent=row, revoked_on=form.cleaned_data["revoked_on"], by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La revoca è registrata: la fotografia non c'è più."))
        return self.here()


# --- From a draft to everybody


class _Step(_OfArticle, Action):
    def back(self) -> str:
        return self.here()


class Propose(_Step):
    def act(self) -> str:
        services.propose_article(article=self.row, by=self.access)
        messages.success(self.request, _("Mandata: adesso la rilegge un'altra persona."))
        return self.here()


class Withdraw(_Step):
    def act(self) -> str:
        services.withdraw_article(article=self.row, by=self.access)
        messages.success(self.request, _("La pagina è ritirata: da adesso nessuno la legge più."))
        return self.here()


class Reopen(_Step):
    def act(self) -> str:
        services.reopen_article(article=self.row, by=self.access)
        messages.success(self.request, _("La pagina è di nuovo in preparazione."))
        return self.here()


class Publish(_ArticleForm):
    form_class = forms.PublishForm
    permission = Permission.PUBLISH_SITE
    template_name = "website/office/publish.html"
    title = gettext_lazy("Metti sul sito")
    lead = gettext_lazy("Rileggi: c'è qualcosa che fa riconoscere una persona, o che l'impresa non vorrebbe?")
    button = gettext_lazy("Metti sul sito")
    open_states = (Article.State.PROPOSED,)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.row.row_version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        photos: list[Any] = self.row.live_photos  # type: ignore[attr-defined]
        shown = {
            "blocks": blocks(self.row.text),
            "photo": photos[0] if photos else None,
            "is_own": self.access.actor_id in self.row.authors,
        }
        return super().get_context_data(**{**shown, **kwargs})

    def act(self, form: Any) -> str:
        services.publish_article(article=self.row, seen=form.cleaned_data["row_version"], by=self.access)
        say_done(self.request, _("La pagina è sul sito."))
        return self.here()


class Return(_ArticleForm):
    form_class = forms.ReturnForm
    permission = Permission.PUBLISH_SITE
    title = gettext_lazy("Rimandala a chi l'ha scritta")
    lead = gettext_lazy("Due parole su che cosa cambiare: le legge chi la riprende.")
    button = gettext_lazy("Rimanda")
    open_states = (Article.State.PROPOSED,)

    def act(self, form: Any) -> str:
        services.return_article(article=self.row, reason=form.cleaned_data["reason"], by=self.access)
        say_done(self.request, _("Rimandata a chi l'ha scritta."))
        return self.here()


# --- The statement of accessibility


class Statement(Page):
    """The yearly look: the self-assessment, AgID's form, when it comes next."""

    template_name = "website/office/statement.html"
    permission = Permission.PUBLISH_SITE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        due_on = todos.due_of(kind=services.STATEMENT, subject=network_of(self.access.network_id))
        return super().get_context_data(due_on=due_on, **kwargs)


class StatementDone(Action):
    permission = Permission.PUBLISH_SITE

    def act(self) -> str:
        due_on = services.statement_done(by=self.access, today=timezone.localdate())
        say_done(self.request, _("Fatto. La prossima volta: %(day)s.") % {"day": day(due_on)})
        return self.back()

    def back(self) -> str:
        return reverse("site:statement")
