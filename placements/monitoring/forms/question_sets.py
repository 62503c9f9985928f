"""The form of the office's own questions: where they come from and a row for each, with its area and short name."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Folded, Form

from ..evaluation_enums import Area
from ..models.evaluations import QuestionSet
from ..services.question_sets import CODE_LENGTH, MOST, Asked

SHOWN = 4  # rows open on a new set; the others are folded


class QuestionSetForm(Form):
    """A new set; of a next version (`follows`) the name is that of the one before."""

    name = forms.CharField(label=_("Nome"), max_length=80)
    source = forms.CharField(
        label=_("Da dove vengono"),
        max_length=200,
        help_text=_("Per esempio: riunione dell'équipe di marzo. Se è una norma, scrivi quale."),
    )

    def __init__(self, *args: Any, follows: QuestionSet | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if follows is not None:
            del self.fields["name"]
            self.initial.setdefault("source", follows.source)
        known = follows.questions if follows else []
        shown = max(SHOWN, len(known))
        for n in range(MOST):
            self.fields[f"text_{n}"] = forms.CharField(label=_("Domanda"), max_length=200, required=False)
            self.fields[f"area_{n}"] = forms.ChoiceField(label=_("Area"), choices=Area, required=False)
            self.fields[f"code_{n}"] = forms.CharField(
                label=_("Sigla"),
                max_length=CODE_LENGTH,
                required=False,
                help_text=_("Una parola: serve a confrontare le risposte fra una versione e l'altra. Se manca, la fa il programma."),
            )
            if n < len(known):
                self.initial.update({f"{key}_{n}": known[n][key] for key in ("text", "area", "code")})
        head = ("source",) if follows is not None else ("name", "source")
        rows = [(_("Domanda %(n)d") % {"n": n + 1}, (f"text_{n}", f"area_{n}", f"code_{n}")) for n in range(MOST)]
        self.fieldsets = ((_("Queste domande"), head), *rows[:shown], *(Folded(row) for row in rows[shown:]))

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        questions = [
            Asked(data.get(f"text_{n}", ""), data.get(f"area_{n}") or Area.AUTONOMY, data.get(f"code_{n}", "")) for n in range(MOST)
        ]
        return {"name": data.get("name", ""), "source": data["source"], "questions": questions}
