"""Pages of the fund: HTTP in, one selector or service, HTTP out."""
