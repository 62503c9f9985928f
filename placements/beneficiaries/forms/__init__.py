"""Forms about people. Labels and lengths are the models'; choices that need a permission are left out of the page."""
