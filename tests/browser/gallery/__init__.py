"""./impresa gallery: every page of every role, looked at in a real browser, empty, full, with errors and with long words."""
