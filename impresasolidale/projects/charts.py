"""The pictures of the room, drawn by core.charts."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from impresasolidale.core import charts


def chart_of_items(by_item: Mapping[str, Any]) -> charts.Chart:
    """Planned, spent and proved by cost item, in euro."""
    labels = [name.partition(" ")[0] for name in by_item]
    cells = by_item.values()
    series = [
        (_("Previsto"), [cell.planned for cell in cells]),
        (_("Speso"), [cell.spent for cell in cells]),
        (_("Provato"), [cell.proved for cell in cells]),
    ]
    return charts.bars(_("Previsto, speso e provato per voce di costo"), labels, series, unit="€")
