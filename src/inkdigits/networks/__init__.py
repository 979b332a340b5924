"""Networks: what they consist of, how many parameters that is, and how Keras builds them."""
