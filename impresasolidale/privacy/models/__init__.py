"""Requests of people, and the registers a controller keeps."""

from .requests import DataRequest

__all__ = ["DataRequest"]
