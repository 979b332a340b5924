"""The command line: one module per verb, each parsing, calling and printing.

What libraries read from the environment when they are imported is set here, before any is.
"""

import os

# TensorFlow writes pages of notices about the processor.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# The threads of OpenBLAS, which comes with NumPy, wait in circles for a tenth of a second from its
# start on: a quarter of the work that a small picture takes. Now for 2 to the power of 4 circles.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
