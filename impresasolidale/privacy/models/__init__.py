"""Requests of people, and the registers a controller keeps."""

from .notices import Acceptance, Notice
from .registers import Breach, DataPact, ProcessingNote
from .requests import DataRequest

__all__ = ["Acceptance", "Breach", "DataPact", "DataRequest", "Notice", "ProcessingNote"]
