"""Orders of Shopify: the Admin REST API's JSON (`orders.json`) and the CSV that the admin pages export.

Both come as `--format shopify`; a file whose heading has the columns of the CSV export is read as such.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from makewhole.integrations.shops.rows import ReadOptions, Row
from makewhole.integrations.shops.shopify_csv import read_file as read_csv
from makewhole.integrations.shops.shopify_json import read_file as read_json
from makewhole.integrations.shops.tables import heading


def read(files: Sequence[Path], options: ReadOptions) -> Iterator[Row]:
    """Shopify orders as documents, one row per order. Raises MissingOption without a market."""
    market = options.needed_market()
    for path in files:
        is_csv = {"Name", "Lineitem quantity"} <= set(heading(path))
        yield from (read_csv if is_csv else read_json)(path, market, options)
