"""Evaluation: what people say about it, and what the figures say."""
