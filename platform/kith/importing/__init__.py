"""Importing: people, credentials and matches of the past that an organisation brings along."""
