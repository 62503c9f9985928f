from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "impresasolidale.projects"
    label = "projects"
    verbose_name = "progetti"
