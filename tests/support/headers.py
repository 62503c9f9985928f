"""What the headers of every answer say, whoever asked and whatever it answers."""

from typing import Any

SAME_FOR_ALL = {"portal:worker", "portal:manifest"}  # files that a browser keeps, with nobody's data


def complaint(response: Any) -> list[str]:
    """What is missing of an answer's headers."""
    policy = response.get("Content-Security-Policy", "")
    parts = {part.split()[0]: part.split()[1:] for part in policy.split(";") if part.strip()}
    wrong = []
    for name in ("default-src", "script-src", "style-src", "object-src", "base-uri", "form-action", "frame-ancestors"):
        if name not in parts:
            wrong.append(f"no {name}")
    # Who may show a page inside theirs: nobody, or where the public site offers a card, everybody.
    said = {word for part, values in parts.items() if part != "frame-ancestors" for word in values}
    wrong += [] if parts.get("frame-ancestors") in (["'none'"], ["*"], None) else [f"framed by {parts['frame-ancestors']}"]
    wrong += [f"policy says {word}" for word in said & {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"}]
    if parts.get("script-src") != ["'self'"]:
        wrong.append(f"scripts of {parts.get('script-src')}")
    for name, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin")):
        if response.get(name) != value:
            wrong.append(f"{name}: {response.get(name)}")
    if "Cross-Origin-Opener-Policy" not in response or "Permissions-Policy" not in response:
        wrong.append("no opener policy or no permissions policy")
    return wrong


def complaint_of_who_is_signed_in(name: str, response: Any) -> list[str]:
    """The same, and a browser keeps nothing of the address called `name`: redirects of the way in and out neither."""
    wrong = complaint(response)
    if "no-store" not in response.get("Cache-Control", "") and name not in SAME_FOR_ALL and not name.startswith("api:"):
        wrong.append(f"kept: {response.get('Cache-Control')}")
    return wrong


def let_go(response: Any) -> None:
    """Close the files behind an answer, and not the database's connection, as `close` would."""
    for close in response._resource_closers:
        close()
