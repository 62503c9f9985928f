"""Tables of decisions in TOML: people say of each table and column what becomes of it, one word for many columns."""

from collections.abc import Collection, Mapping


def by_column(told: Mapping[str, Mapping[str, str]], *, dropped: Collection[str], hows: Collection[str]) -> dict[str, dict[str, str]]:
    """Table → column → how, of table → how → its columns in one text. Raises ValueError when a column is decided twice, a word is unknown,
    or its table goes whole."""
    found: dict[str, dict[str, str]] = {}
    for table, words in told.items():
        found[table] = {}
        for how, columns in words.items():
            for column in columns.split():
                if column in found[table] or table in dropped or how not in hows:
                    raise ValueError(f"{table}.{column}: {how}")
                found[table][column] = how
    return found
