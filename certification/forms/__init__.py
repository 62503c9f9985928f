"""Forms of the recognitions, a file a subject: the rest is refused by the services."""
