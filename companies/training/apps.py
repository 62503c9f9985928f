from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "companies.training"
    label = "training"
    verbose_name = "formazione dei tutor"
