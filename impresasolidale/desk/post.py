"""The office's post: what the program writes and when, the office's own closing words, letters to print and post."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core import audit
from impresasolidale.core import messages as outgoing
from impresasolidale.core.errors import DomainError
from impresasolidale.core.message_kinds import MessageKind, previews
from impresasolidale.core.models import Look, Message
from impresasolidale.core.views import Guarded, Page, SeeOther, ServiceForm, open_stored

from . import selectors, services
from .forms import ClosingForm, LetterAddressForm, LettersForm
from .notices import CATALOGUE


class Kinds(Page):
    """Every message the program sends: when, to whom, how."""

    permission = P.SEE_MESSAGES
    template_name = "desk/message_kinds.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        closing = outgoing.closing_of(self.access.ambito_id)
        return super().get_context_data(kinds=CATALOGUE, closing=closing, may_edit=self.access.may(P.EDIT_OFFICE), **kwargs)


class Kind(Page):
    """One message as it leaves, in both languages, with invented data."""

    permission = P.SEE_MESSAGES
    template_name = "desk/message_kind.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: MessageKind | None = next((kind for kind in CATALOGUE if kind.slug == self.kwargs["slug"]), None)
        if found is None:
            raise Http404
        shown = previews(found, closing=outgoing.closing_of(self.access.ambito_id))
        return super().get_context_data(kind=found, previews=shown, back_url=reverse("desk:message_kinds"), **kwargs)


class Closing(ServiceForm):
    """The office's words under its mails, with a look at how they will stand there."""

    permission = P.EDIT_OFFICE
    template_name = "desk/mail_closing.html"
    form_class = ClosingForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.access and self.access.may(P.EDIT_OFFICE) and not self.access.ambito_id:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"text": outgoing.closing_of(self.access.ambito_id)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        typed = form.cleaned_data.get("text", "") if form is not None and form.is_bound and form.is_valid() else None
        words = self.get_initial()["text"] if typed is None else typed
        example = previews(CATALOGUE[0], closing=words)[0]
        return super().get_context_data(example=example, back_url=reverse("desk:message_kinds"), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form)) if "look" in self.request.POST else super().form_valid(form)

    def act(self, form: Any) -> str:
        outgoing.write_closing(text=form.cleaned_data["text"], by=self.access)
        messages.success(self.request, _("Da adesso le mail finiscono così."))
        return reverse("desk:message_kinds")


# --- Letters


class OnPaper(ServiceForm):
    """A mail that cannot arrive, sent by letter."""

    permission = P.SEE_MESSAGES
    template_name = "desk/on_paper.html"
    form_class = LetterAddressForm

    @cached_property
    def message(self) -> Message:
        return selectors.message_for(self.access, self.kwargs["public_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(message=self.message, back_url=reverse("desk:messages"), **kwargs)

    def act(self, form: Any) -> str:
        outgoing.send_by_letter(message=self.message, address=form.cleaned_data["address"], by=self.access)
        messages.success(self.request, _("La lettera è pronta da stampare."))
        return reverse("desk:letters")


class Letters(Guarded):
    """Letters that wait to be posted: tick them, print them in one file, say that they went."""

    permission = P.SEE_MESSAGES

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(LettersForm(rows=self.rows))

    @cached_property
    def rows(self) -> list[Message]:
        return selectors.letters_to_post(self.access)

    def page(self, form: LettersForm, status: int = 200) -> HttpResponse:
        from django.shortcuts import render

        return render(self.request, "desk/letters.html", {"rows": self.rows, "form": form, "most": selectors.MOST_LETTERS}, status=status)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LettersForm(request.POST, rows=self.rows)
        chosen = [row for row in self.rows if str(row.public_id) in request.POST.getlist("lettera")]
        if not form.is_valid() or not chosen:
            form.add_error(None, _("Scegli almeno una lettera."))
            return self.page(form, 422)
        if "print" in request.POST:
            job = services.order_letters(letters=chosen, by=self.access)
            return SeeOther(reverse("core:job", args=[job.public_id]))
        try:
            count = outgoing.post_letters(letters=chosen, by=self.access)
        except DomainError as error:
            form.add_domain_error(error)
            return self.page(form, error.status)
        messages.success(request, _("Segnate come spedite: %(n)d.") % {"n": count})
        return SeeOther(reverse("desk:letters"))


class PrintedLetters(Guarded):
    """The file that somebody asked for, for them alone. The look is an export of the letters in it."""

    permission = P.SEE_MESSAGES

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        job, name, letters = selectors.printed_letters(self.access, public_id)
        response = FileResponse(open_stored(name, job), content_type="application/pdf", filename="lettere.pdf")
        audit.look(Look.Kind.EXPORT, letters, by=self.access, place="desk:letters", subject_type="core.message")
        response["Cache-Control"] = "no-store"
        return response
