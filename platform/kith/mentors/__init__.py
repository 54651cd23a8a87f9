"""Mentors: how somebody becomes one, what they prove and tell, and how they rest, pause and leave."""
