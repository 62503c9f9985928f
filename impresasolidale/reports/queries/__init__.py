"""Aggregates, a file a subject: one function = one SQL aggregate, arguments (access, period), frozen dataclasses back."""
