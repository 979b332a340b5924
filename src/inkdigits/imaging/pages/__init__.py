"""Pages of handwriting made of single digits, with the truth about everything on them."""
