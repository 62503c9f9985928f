"""What stops a copy, an update or a restore, in words for who runs it."""


class Refused(Exception):
    """The command ends here, with these Italian words and exit code 1."""
