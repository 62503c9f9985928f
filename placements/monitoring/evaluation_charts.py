"""The pictures of a person's evaluations: scores from 1 to 4 and goals from -2 to +2 over the moments, a line a voice. Office only."""

from impresasolidale.core.charts import Chart, lines

from .evaluation_enums import THREE, Area, Moment, Voice
from .selectors.evaluations import Compared

SCORES, GOALS = (1, 4), (-2, 2)
HEIGHT = 220


def _voices(found: Compared) -> list[str]:
    return [str(voice) for voice in THREE if voice in found.voices]


def whole_chart(found: Compared) -> Chart:
    """The mean over all areas."""
    labels = [str(Moment(moment).label) for moment in found.moments]
    series = [(str(Voice(voice).label), [_rounded(found.mean(moment, voice)) for moment in found.moments]) for voice in _voices(found)]
    return lines("Tutte le aree, da 1 a 4", labels, series, bounds=SCORES, height=HEIGHT)


def area_charts(found: Compared) -> list[Chart]:
    """One small chart an area somebody spoke of."""
    labels = [str(Moment(moment).label) for moment in found.moments]
    charts = []
    for area in Area:
        if any(key[0] == area for key in found.areas):
            series = [
                (str(Voice(voice).label), [_rounded(found.areas.get((area, moment, voice))) for moment in found.moments])
                for voice in _voices(found)
            ]
            charts.append(lines(str(area.label).capitalize(), labels, series, bounds=SCORES, height=HEIGHT))
    return charts


def goal_charts(found: Compared) -> list[Chart]:
    """One chart a goal."""
    labels = [str(Moment(moment).label) for moment in found.moments]
    charts = []
    for goal in found.goals:
        series = []
        for voice in _voices(found):
            values = [goal.cells[moment, voice].value if (moment, voice) in goal.cells else None for moment in found.moments]
            series.append((str(Voice(voice).label), values))
        charts.append(lines(goal.text, labels, series, bounds=GOALS, height=HEIGHT))
    return charts


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
