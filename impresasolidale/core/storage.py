"""Static files with hashed names and compressed copies: in production, and in the demo."""

from collections.abc import Iterable, Iterator

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):
    """A name that is not in the manifest is looked for, and breaks the page when there is no such file."""

    manifest_strict = False

    def post_process(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        """Style sheets of others name source maps that are not served: a missing one must not stop collectstatic."""
        for name, hashed, result in super().post_process(*args, **kwargs):
            if isinstance(result, Exception) and ".map" in str(result):
                continue
            yield name, hashed, result

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Copies of what pages name alone: those under plain names (drawings whose name a script puts together) would double the wait."""
        named = set(self.hashed_files.values())
        yield from super().compress_files([path for path in paths if path in named])
