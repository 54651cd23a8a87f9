"""Supervision: how mentors are looked after, by whom, how often, and what both sign."""
