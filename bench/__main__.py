"""`make bench`: every measurement in turn, each beside its reference of the same run."""

import subprocess
import sys
from collections.abc import Sequence

MEASUREMENTS = ("answer", "growth", "zen", "try", "transfers", "sweep", "history", "http_open", "http_read")


def main(chosen: Sequence[str]) -> None:
    """Run the measurements named, or all of them."""
    unknown = set(chosen) - set(MEASUREMENTS)
    if unknown:
        sys.exit(f"There is no measurement {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}.")
    for name in chosen or MEASUREMENTS:
        print(f"\n{name}", flush=True)
        # Each in a process of its own: a database and its connections belong to one.
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode:
            sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
