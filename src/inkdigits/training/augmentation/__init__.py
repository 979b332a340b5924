"""Augmentation: training images changed at random, the randomness drawn apart from applied."""
