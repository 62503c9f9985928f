"""The audit room: the office opens it; the auditor looks, and nothing else. Every look is written down."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.views import Action, Guarded, Page, serve_stored
from impresasolidale.treasury import sample_rules

from .. import forms
from ..audit_words import facts_in_words, paid_in_words
from ..forms._common import choices_of
from ..models import AuditItem, AuditSample
from ..selectors import audit as reads
from ..services import audit as services
from ._base import OfProject, ProjectFormView


class Rooms(OfProject, Page):
    permission = P.OPEN_AUDIT_ROOMS
    template_name = "projects/rooms.html"
    section = "rooms"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        rows = list(reads.rooms(self.project))
        rooms = [{"row": row, "is_open": reads.is_open(row, today), "url": self.url("room", row.public_id)} for row in rows]
        return super().get_context_data(rooms=rooms, **kwargs)


class NewRoom(ProjectFormView):
    permission = P.OPEN_AUDIT_ROOMS
    section = "rooms"
    form_class = forms.RoomForm
    title = gettext_lazy("Apri una stanza di controllo")
    lead = gettext_lazy(
        "Il programma estrae le spese a sorte, le ferma come sono oggi e le mostra a un revisore senza nomi, fino a un giorno."
    )
    button = gettext_lazy("Estrai e apri la stanza")

    def back(self) -> str:
        return self.url("rooms")

    def get_form_kwargs(self) -> dict[str, Any]:
        found = reads.auditors(self.access, timezone.localdate())
        grants = choices_of(reads.grants(self.access))
        return {**super().get_form_kwargs(), "auditors": [(str(user.pk), str(user)) for user in found], "grants": grants}

    def act(self, form: Any) -> str:
        data = dict(form.cleaned_data)
        today = timezone.localdate()
        auditor = reads.auditors(self.access, today).get(pk=data.pop("auditor"))
        wanted = data.pop("grant")
        grant = reads.grants(self.access).get(public_id=wanted) if wanted else None
        room = services.open_room(project=self.project, auditor=auditor, grant=grant, by=self.access, today=today, **data)
        messages.success(self.request, _("La stanza è aperta: il revisore la trova nel suo menu."))
        return self.url("room", room.public_id)


class OfficeRoom(OfProject, Page):
    """What the office sees of a room: what was drawn and how, and what of the files the auditor does not see yet."""

    permission = P.OPEN_AUDIT_ROOMS
    template_name = "projects/room.html"
    section = "rooms"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        room = reads.room_for(self.project, self.kwargs["room_id"])
        held = reads.held_back(room)
        return super().get_context_data(
            room=room,
            is_open=reads.is_open(room, timezone.localdate()),
            items=[
                {
                    "row": item,
                    "facts": facts_in_words(item.facts),
                    "held": held.get(item.expense.pk, 0),
                    "url": self.url("expense", item.expense.public_id),
                }
                for item in reads.items_of(room)
                if item.expense
            ],
            tickets=sorted((sample_rules.value(room.seed, key, n), key, n) for key, n in room.pool.items()),
            paid=[paid_in_words(row.facts) for row in reads.paid_rows_of(room)],
            paid_tickets=sorted((sample_rules.value(room.seed, key, n), key, n) for key, n in room.paid_pool.items()),
            **kwargs,
        )


class CloseRoom(OfProject, Action):
    permission = P.OPEN_AUDIT_ROOMS

    def back(self) -> str:
        return self.url("room", self.kwargs["room_id"])

    def act(self) -> str:
        room = reads.room_for(self.project, self.kwargs["room_id"])
        services.close_room(sample=room, by=self.access, now=timezone.now())
        messages.success(self.request, _("La stanza è chiusa."))
        return self.back()


# --- The auditor's own pages


class MyRooms(Guarded):
    """What the auditor's pages share."""

    permission = P.SEE_AUDIT_ROOM


class MyRoomList(MyRooms, Page):
    template_name = "projects/my_rooms.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rooms = reads.my_rooms(self.access, timezone.localdate())
        return super().get_context_data(rooms=[{"row": r, "url": reverse("projects:my_room", args=[r.public_id])} for r in rooms], **kwargs)


class _OfMyRoom(MyRooms):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.access.require(P.SEE_AUDIT_ROOM)
        try:
            self.room  # noqa: B018 (404 for somebody else's)
        except PermissionDenied as closed:  # its day has gone by
            return render(request, "projects/room_closed.html", {"why": str(closed)}, status=403)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def room(self) -> AuditSample:
        return reads.my_room(self.access, self.kwargs["room_id"], timezone.localdate())

    @cached_property
    def item(self) -> AuditItem:
        return reads.my_item(self.room, self.kwargs["position"])


class MyRoom(_OfMyRoom, Page):
    template_name = "projects/my_room.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reads.note_look(self.access, self.room, place="projects:my_room")
        items = [
            {
                "row": item,
                "facts": facts_in_words(item.facts),
                "url": reverse("projects:my_item", args=[self.room.public_id, item.position]),
            }
            for item in reads.items_of(self.room)
        ]
        return super().get_context_data(
            room=self.room,
            items=items,
            drawn_among=len(self.room.pool),
            paid=[paid_in_words(row.facts) for row in reads.paid_rows_of(self.room)],
            **kwargs,
        )


class MyItem(_OfMyRoom, Page):
    template_name = "projects/my_item.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reads.note_look(self.access, self.item, place="projects:my_item")
        shown, held = reads.shown_files(self.item)
        at = [self.room.public_id, self.item.position]
        return super().get_context_data(
            room=self.room,
            room_url=reverse("projects:my_room", args=at[:1]),
            item=self.item,
            facts=facts_in_words(self.item.facts),
            files=[
                {"kind": reads.kind_of(f), "size": f.size, "url": reverse("projects:my_file", args=[*at, n])}
                for n, f in enumerate(shown, 1)
            ],
            held=held,
            **kwargs,
        )


class MyFile(_OfMyRoom):
    """A file without names, under a name made of codes."""

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        file = reads.my_file(self.item, self.kwargs["number"])
        ending = file.file_name.rpartition(".")[2]
        name = f"{self.item.facts['number'].replace('/', '-')}-{self.kwargs['number']}.{ending}"
        named: dict[str, Any] = {"content_type": file.content_type, "filename": name, "as_attachment": True}
        return serve_stored(file.file_name, file, by=self.access, place="projects:my_file", **named)
