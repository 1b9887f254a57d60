"""Some acts need two people: the first asks, another one agrees. Knows no case and no role."""
