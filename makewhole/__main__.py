"""`python -m makewhole` is the command line."""

from makewhole.doors.cli.main import main

if __name__ == "__main__":
    main()
