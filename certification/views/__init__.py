"""Pages of the recognitions: HTTP in, one selector or service, HTTP out."""
