"""How mentor applications, credentials and what mentors tell of themselves are shown."""
