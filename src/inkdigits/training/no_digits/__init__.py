"""Images that show no digit, for a network to learn that there are such things."""
