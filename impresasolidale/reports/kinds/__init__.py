"""What each kind of report says: its aggregates laid out as tables. A file a subject; the list of kinds is `reports.definitions`."""
