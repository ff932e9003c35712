"""`make bench`: every measurement in turn, each beside its reference of the same run."""

import importlib
import sys
from collections.abc import Sequence

MEASUREMENTS = ("answer", "transfers", "http_open", "http_read")


def main(chosen: Sequence[str]) -> None:
    """Run the measurements named, or all of them."""
    unknown = set(chosen) - set(MEASUREMENTS)
    if unknown:
        sys.exit(f"There is no measurement {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}.")
    for name in chosen or MEASUREMENTS:
        print(f"\n{name}", flush=True)
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
