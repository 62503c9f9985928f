"""Static files with hashed names for production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):
    """The wheel of Bootstrap Italia names source maps it does not ship: a missing one must not stop collectstatic."""

    manifest_strict = False

    def post_process(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        for name, hashed, result in super().post_process(*args, **kwargs):
            if isinstance(result, Exception) and ".map" in str(result):
                continue
            yield name, hashed, result
