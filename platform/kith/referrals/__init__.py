"""Referrals: how people come to a programme and are passed on, the partners they come from, and who waits too long."""
