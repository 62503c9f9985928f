from django import template

from ..study import words

register = template.Library()
for read in (
    words.or_hidden,
    words.percent_of,
    words.interval_of,
    words.whole_percent,
    words.months_of,
    words.days_of,
    words.whole_hours,
    words.grouped,
    words.plain_number,
):
    register.filter(read)
