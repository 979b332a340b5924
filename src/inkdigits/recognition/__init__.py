"""Recognition: networks that answer, without Keras."""
