"""Makes ``python -m prmdata`` the same as ``prmdata``."""

from prmdata.cli.main import main

if __name__ == "__main__":
    main()
