"""Reads of the fund. Donors and people never meet: no query here joins them (rule 73)."""
