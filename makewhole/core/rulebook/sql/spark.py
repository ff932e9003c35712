"""The very same statements in Spark's words, for where one machine no longer suffices. Needs the extra `cluster`."""


def for_spark(statement: str) -> str:
    """A statement as Spark SQL. It reads tables of the same names and columns."""
    import sqlglot

    return str(sqlglot.transpile(statement, read="duckdb", write="spark")[0])
