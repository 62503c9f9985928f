"""Django's PostgreSQL, with a bound on how long one waits for a server that says nothing (`ENGINE` in the settings)."""
