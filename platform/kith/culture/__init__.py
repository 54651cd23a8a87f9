"""Culture: what the leadership commits to, campaigns, outreach by mentors, and recognition."""
