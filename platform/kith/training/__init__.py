"""Training: what people learn before and while they mentor, and how well they do it."""
