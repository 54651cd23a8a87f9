"""Goals: what a mentee works towards, in which steps, how far they feel they are, and the plan that they sign."""
