"""The clerk's pages: papers that wait for a number of the body's register, their files, the numbers written back."""

import tempfile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core import audit, protocol
from impresasolidale.core.errors import DomainError
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Document, Look
from impresasolidale.core.views import FileMissing, Guarded, SeeOther, ServiceForm
from placements.agreements.selectors import saying_protected

from . import selectors, services
from .forms import NumbersForm, RegisterFilters, SendForm


class OfRegister(Guarded):
    """`self.page` are the papers the filters of the address ask for."""

    permission = P.RECORD_PROTOCOL
    access: Any

    @cached_property
    def filters(self) -> RegisterFilters:
        return RegisterFilters(self.request.GET, kinds=selectors.kinds_to_register(self.access))

    @cached_property
    def page(self) -> Slice:
        wanted = self.filters.cleaned_data if self.filters.is_valid() else {}
        rows = selectors.papers_to_register(self.access, kind=wanted.get("tipo", ""), state=wanted.get("stato", ""))
        page = page_of(rows, self.request.GET, order=("id",))
        protected = saying_protected(page.rows)
        for row in page.rows:
            row.stays = row.pk in protected
            row.opens = selectors.may_look_inside(self.access, row) and (not row.stays or self.access.may(P.SEE_PROTECTED_ADDRESS))
        return page


class ToRegister(OfRegister, ServiceForm):
    """The list; ticked papers leave for the register."""

    template_name = "desk/to_register.html"
    form_class = SendForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "rows": self.page.rows}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows, query = self.page.rows, self.request.GET
        audit.look(Look.Kind.LIST, rows, by=self.access, place="desk:to_register", subject_type="core.document")
        return super().get_context_data(
            filters=self.filters,
            filtered=any(query.get(name) for name in ("tipo", "stato")),
            rows=rows,
            pending=any(row.register_state == Document.RegisterState.QUEUED for row in rows),
            is_manual=protocol.is_manual(self.access.ambito.code) if self.access.ambito else True,
            zip_url=f"{reverse('desk:register_zip')}?{query.urlencode()}",
            **self.page.urls(query),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        chosen = selectors.papers_chosen(self.access, form.cleaned_data["carta"])
        count = services.send_to_register(documents=chosen, by=self.access)
        words = ngettext("%(n)s carta è in partenza per il protocollo.", "%(n)s carte sono in partenza per il protocollo.", count)
        messages.success(self.request, words % {"n": count})
        return self.request.get_full_path()


class Zip(OfRegister):
    """The files of the papers the list shows, or of the one that is named (`?carta=`); never of one whose inside is not for this role."""

    def get(self, request: HttpRequest) -> HttpResponse | FileResponse:
        rows = [row for row in self.page.rows if request.GET.get("carta", str(row.public_id)) == str(row.public_id)]
        ready = [row for row in rows if row.state == Document.State.READY and row.opens]
        if not ready:
            messages.error(request, _("Non c’è ancora nessun PDF pronto da scaricare."))
            return SeeOther(reverse("desk:to_register"))
        out = tempfile.SpooledTemporaryFile(max_size=5_000_000)
        try:
            protocol.write_zip(ready, out)
        except FileNotFoundError as error:
            raise FileMissing from error
        out.seek(0)
        audit.look(Look.Kind.EXPORT, ready, by=self.access, place="desk:register_zip")
        name = f"protocollo-{timezone.localdate():%Y-%m-%d}.zip"
        return FileResponse(out, as_attachment=True, filename=name, content_type="application/zip")


class Numbers(ServiceForm):
    """Numbers pasted back: first what would be written, then it is."""

    permission = P.RECORD_PROTOCOL
    template_name = "desk/register_numbers.html"
    form_class = NumbersForm

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_url=reverse("desk:to_register"), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        if form.cleaned_data["sure"]:
            return super().form_valid(form)
        lines = self._lines(form)
        if any(line.error for line in lines):
            form.add_domain_error(DomainError(_("Alcune righe non tornano: correggile qui sotto."), field="text"))
            return self.refused(form, 422)
        return self.render_to_response(self.get_context_data(form=form, lines=lines, is_fine=True))

    def refused(self, form: Any, status: int) -> HttpResponse:
        form.data = {**form.data.dict(), "sure": ""}  # what was looked at is no longer what stands there
        lines = self._lines(form) if {"text", "on"} <= form.cleaned_data.keys() or form.errors.keys() == {"text"} else []
        return self.render_to_response(self.get_context_data(form=form, lines=lines), status=status)

    def _lines(self, form: Any) -> list[services.Matched]:
        text, on = self.request.POST.get("text", ""), form.cleaned_data.get("on")
        return services.match_numbers(text=text, on=on, by=self.access, today=timezone.localdate()) if on else []

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        count = services.record_numbers(text=data["text"], on=data["on"], by=self.access, today=timezone.localdate())
        messages.success(
            self.request,
            ngettext("Scritto: %(n)s carta ha il suo protocollo.", "Scritti: %(n)s carte hanno il loro protocollo.", count) % {"n": count},
        )
        return reverse("desk:to_register")
