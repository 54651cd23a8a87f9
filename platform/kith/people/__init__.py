"""People: who takes part, as whom, and what makes two of them fit."""
