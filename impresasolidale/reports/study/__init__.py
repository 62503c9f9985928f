"""The study of the instrument (domain.md §8): how long placements last, what changes, where they are, what they cost, what more would
take.
"""
