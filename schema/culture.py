"""How commitments, campaigns, outreach and recognition are shown."""
