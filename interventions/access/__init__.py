"""Who may see what of what a class does: an approach, a measurement."""
