"""`python -m inkdigits`: the program, where its own name is not found.

Comes in: the words of a command line. Goes out: what `inkdigits` does with them.
"""

from inkdigits.cli.main import main

if __name__ == "__main__":
    main()
