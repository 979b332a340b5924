"""Training: the recipe, the augmentation, and the loop that fits a network to images."""
