"""What the papers of the fund say, a file a subject: frozen, plain JSON values."""
