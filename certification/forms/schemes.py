"""Forms of the scheme's editor: an area, a criterion with its steps, the levels."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Folded, Form, Radios, VersionedForm, WithAct

from ..comparison import Basis
from ..enums import STEPS, CheckedBy, CriterionKind, DecidedBy, Level, SizeBand
from ..measures import MEASURES
from ..models import SchemeVersion
from ..scheme import Area, Criterion, LevelRule, Scheme, Step, criterion_problems

MOST_STEPS = 4
FEW_ROWS = {"rows": "2"}


def code_of(name: str) -> str:
    """The code of a thing of this name: «Cura e tempo» is "cura_e_tempo". It stays when the name changes: answers are kept by it."""
    return slugify(name).replace("-", "_")[:40] or "voce"


class NewDraft(Form):
    name = forms.CharField(
        label=_("Nome"), max_length=120, help_text=_("Per esempio: Impresasolidale 2027. Lo legge anche chi riceve il riconoscimento.")
    )
    base = forms.ChoiceField(label=_("Si comincia da"))

    def __init__(self, *args: Any, versions: Sequence[SchemeVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {str(row.version): row for row in versions}
        self.fields["base"].choices = [(number, row.name) for number, row in self.versions.items()]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> SchemeVersion:
        return self.versions[self.cleaned_data["base"]]


class DraftForm(VersionedForm):
    name = forms.CharField(label=_("Nome"), max_length=120)
    validity_months = forms.IntegerField(label=_("Quanti mesi vale un riconoscimento"), min_value=6, max_value=120)
    bonus_cap = forms.IntegerField(
        label=_("Al massimo, punti in più"),
        min_value=0,
        max_value=50,
        help_text=_("Oltre questo numero i punti in più non contano: chi dona molto non salta un'area."),
    )


class AreaForm(VersionedForm):
    name = forms.CharField(label=_("Nome"), max_length=80)
    words = forms.CharField(label=_("Che cosa vuol dire"), max_length=300, widget=forms.Textarea(attrs=FEW_ROWS))

    def area(self, before: Area | None) -> Area:
        data = self.cleaned_data
        return Area(before.code if before else code_of(data["name"]), data["name"], data["words"], before.criteria if before else ())


class CriterionForm(VersionedForm):
    """`step` fields end with the number of their step; a step without points and words is left out."""

    name = forms.CharField(label=_("Nome"), max_length=80)
    question = forms.CharField(label=_("La domanda, come la legge l'impresa"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Che peso ha"),
        choices=CriterionKind.choices,
        widget=Radios,
        help_text=_("Senza un criterio di base il livello non si raggiunge. I punti in più contano solo nel totale."),
    )
    required_from = forms.ChoiceField(
        label=_("Se è di base, da quale livello"), choices=[(step.value, step.label) for step in STEPS], initial=Level.IMPRESA_SOLIDALE
    )
    checked_by = forms.ChoiceField(label=_("Come si sa"), choices=CheckedBy.choices, widget=Radios)
    measure = forms.ChoiceField(
        label=_("Se viene dai dati, che cosa si misura"),
        choices=[("", "—"), *((code, measure.label) for code, measure in MEASURES.items())],
        required=False,
    )
    proofs = forms.CharField(
        label=_("Che cosa lo dimostra"), required=False, widget=forms.Textarea(attrs=FEW_ROWS), help_text=_("Una cosa per riga.")
    )

    def __init__(self, *args: Any, criterion: Criterion | None = None, **kwargs: Any) -> None:
        self.before = criterion
        kwargs["initial"] = {**(initial_of(criterion) if criterion else {}), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        groups: list[Any] = [
            (_("Il criterio"), ("name", "question", "kind", "required_from")),
            (_("Come si sa"), ("checked_by", "measure", "proofs")),
        ]
        for number in range(1, MOST_STEPS + 1):
            names = self._add_step(number)
            legend = _("Gradino %(n)d") % {"n": number}
            groups.append((legend, names) if number == 1 else Folded((legend, names)))
        self.fieldsets = groups

    def _add_step(self, number: int) -> tuple[str, ...]:
        is_first = number == 1
        self.fields[f"words_{number}"] = forms.CharField(
            label=_("Che cosa serve"), max_length=200, required=False, widget=forms.Textarea(attrs=FEW_ROWS)
        )
        self.fields[f"points_{number}"] = forms.IntegerField(label=_("Punti"), min_value=1, max_value=20, required=is_first)
        for band in SizeBand:
            self.fields[f"{band}_{number}"] = forms.IntegerField(
                label=_("Soglia: %(size)s") % {"size": band.short}, min_value=1, max_value=100_000, required=False
            )
        return (f"words_{number}", f"points_{number}", *(f"{band}_{number}" for band in SizeBand))

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        self.criterion = self._read(cleaned)
        for found in criterion_problems(self.criterion):
            name = {"words": f"words_{found.step}", "points": f"points_{found.step}", "thresholds": f"{SizeBand.MICRO}_{found.step}"}
            self.add_error(name.get(found.field, found.field), found.words)
        return cleaned

    def _read(self, data: dict[str, Any]) -> Criterion:
        is_computed = data["checked_by"] == CheckedBy.COMPUTED
        numbers = [n for n in range(1, MOST_STEPS + 1) if data.get(f"points_{n}") or data.get(f"words_{n}")]
        return Criterion(
            code=self.before.code if self.before else code_of(data["name"]),
            name=data["name"],
            question=data["question"],
            kind=data["kind"],
            checked_by=data["checked_by"],
            steps=tuple(
                Step(
                    data.get(f"points_{n}") or 0,
                    data.get(f"words_{n}") or "",
                    {band.value: data[f"{band}_{n}"] for band in SizeBand if data.get(f"{band}_{n}")} if is_computed else {},
                )
                for n in numbers
            ),
            measure=data["measure"] if is_computed else "",
            proofs=tuple(line.strip()[:120] for line in data["proofs"].splitlines() if line.strip()),
            required_from=data["required_from"],
        )


def initial_of(criterion: Criterion) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: getattr(criterion, name) for name in ("name", "question", "kind", "required_from", "checked_by", "measure")
    }
    found["proofs"] = "\n".join(criterion.proofs)
    for number, step in enumerate(criterion.steps, 1):
        found |= {f"points_{number}": step.points, f"words_{number}": step.words}
        found |= {f"{band}_{number}": least for band, least in step.thresholds.items()}
    return found


class LevelsForm(VersionedForm):
    """One group of fields a level; the two above the first may be left out."""

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        there = {rule.level: rule for rule in scheme.levels}
        initial: dict[str, Any] = {}
        for level in STEPS:
            rule = there.get(level, LevelRule(level, "", 1, 8))
            initial |= {f"{name}_{level}": getattr(rule, name) for name in PARTS} | {f"is_on_{level}": level in there}
        kwargs["initial"] = {**initial, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fieldsets = [(level.label, self._add(level)) for level in STEPS]

    def _add(self, level: Level) -> Sequence[str]:
        made: dict[str, forms.Field] = {
            "is_on": forms.BooleanField(label=_("Questo livello c'è"), required=False),
            "words": forms.CharField(label=_("Che cosa vuol dire"), max_length=300, required=False, widget=forms.Textarea(attrs=FEW_ROWS)),
            "area_minimum": forms.IntegerField(label=_("Almeno, in ogni area"), min_value=0, max_value=100),
            "total_minimum": forms.IntegerField(label=_("Almeno, in tutto"), min_value=1, max_value=500),
            "decided_by": forms.ChoiceField(label=_("Chi decide"), choices=DecidedBy.choices),
            "validators": forms.IntegerField(label=_("Persone esterne che confermano"), min_value=0, max_value=5),
        }
        if level == STEPS[0]:
            del made["is_on"]
        self.fields.update({f"{name}_{level}": field for name, field in made.items()})
        return [f"{name}_{level}" for name in made]

    @property
    def levels(self) -> tuple[LevelRule, ...]:
        data = self.cleaned_data
        return tuple(
            LevelRule(level.value, **{name: data[f"{name}_{level}"] for name in PARTS})
            for level in STEPS
            if data.get(f"is_on_{level}", True)
        )


PARTS = ("words", "area_minimum", "total_minimum", "decided_by", "validators")


class Publish(WithAct):
    """The outside act is asked only of who edited last: somebody else is the second key otherwise."""

    act_number = forms.CharField(
        label=_("Numero dell'atto"),
        required=False,
        max_length=60,
        help_text=_("Hai modificato tu questo schema per ultimo: per pubblicarlo da solo serve un atto che lo approva."),
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("act_number", "act_on", "act_file")

    def __init__(self, *args: Any, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not own:
            del self.fields["act_number"], self.fields["act_on"], self.fields["act_file"]


class CompareForm(Form):
    """GET: with which other version, and what of the companies counts."""

    con = forms.ChoiceField(label=_("Con quale schema"))
    conta = forms.ChoiceField(
        label=_("Che cosa contare"),
        choices=[
            (Basis.KNOWN, _("quello che si sa già")),
            (Basis.MOST, _("anche tutto quello che ogni impresa potrebbe ancora dichiarare")),
        ],
        required=False,
        initial=Basis.KNOWN,
    )

    def __init__(self, *args: Any, versions: Sequence[SchemeVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["con"].choices = [(str(row.public_id), row.name) for row in versions]  # type: ignore[attr-defined]
