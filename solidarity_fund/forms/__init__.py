"""Forms of the fund, a file a subject: the rest is refused by the services."""
