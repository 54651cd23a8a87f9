"""Matching: who could walk with whom, offered, answered and begun."""
