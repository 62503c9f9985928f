from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    name = "placements.attendance"
    label = "attendance"
    verbose_name = "presenze"
