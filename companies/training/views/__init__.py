from . import editions, extras, people, portal

__all__ = ["editions", "extras", "people", "portal"]
