"""MNIST-C: the fifteen corruptions of Mu and Gilmer, made from clean digits."""
