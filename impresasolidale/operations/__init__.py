"""Running it: copies that are put back and counted, the update, what is shown to who answers for the machine. No table of its own."""
