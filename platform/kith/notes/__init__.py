"""Notes about a match: written for a named audience, kept, and never hidden from everybody."""
