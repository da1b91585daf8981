"""``python -m causalrec TASK --help``."""

from causalrec.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
