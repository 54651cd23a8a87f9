"""Meetings: arranged, reminded of, held and recorded."""
