from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    name = "placements.attendance"
    label = "attendance"
    verbose_name = "presenze"

    def ready(self) -> None:
        from placements.agreements import above

        from . import selectors

        above.answer(settled=selectors.settled_months, present=selectors.days_present)
