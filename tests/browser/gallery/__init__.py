"""./impresa gallery: every page of every role, looked at in a real browser, empty, full, with errors and with long words."""

import os
from pathlib import Path

FOLDER = Path(os.environ.get("IMPRESA_GALLERY", "build/gallery"))
