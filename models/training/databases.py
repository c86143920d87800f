"""The databases of data/databases.toml: tables with columns in English and Chinese, and how they refer to each other."""
from __future__ import annotations

import functools
from dataclasses import dataclass

import lexicon
from values import parse_kind

NUMERIC = frozenset(("int", "number", "money", "percent", "year"))
TEXTUAL = frozenset("person given_name city country company product title topic food animal plant sport color word code file language".split())


@dataclass(frozen=True)
class Column:
    name: str
    en: str
    zh: str
    spec: dict
    parent: str | None = None

    @property
    def kind(self) -> str:
        return self.spec["kind"]

    def words(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Metric:
    """A number of one row that is worth adding up: a column, or a product of columns."""

    expression: str
    en: str
    zh: str


@dataclass(frozen=True)
class Table:
    name: str
    one: str
    many: str
    zh: str
    label: str
    columns: tuple[Column, ...]
    metrics: tuple[Metric, ...]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def parents(self) -> list[Column]:
        return [column for column in self.columns if column.parent]

    def of_kind(self, kinds: frozenset[str]) -> list[Column]:
        return [column for column in self.columns if column.kind in kinds and not column.parent]


@dataclass(frozen=True)
class Database:
    key: str
    tables: tuple[Table, ...]

    def table(self, name: str) -> Table:
        return next(table for table in self.tables if table.name == name)


@functools.cache
def load() -> tuple[Database, ...]:
    return tuple(_database(entry) for entry in lexicon.toml("databases.toml")["database"])


def _database(entry: dict) -> Database:
    tables = tuple(_table(table, entry["key"]) for table in entry["table"])
    names = {table.name for table in tables}
    for table in tables:
        for column in table.parents:
            if column.parent not in names:
                raise ValueError(f"databases.toml: {entry['key']}.{table.name}.{column.name} refers to the unknown table {column.parent}")
    return Database(entry["key"], tables)


def _table(entry: dict, database: str) -> Table:
    columns = tuple(_column(text, f"{database}.{entry['name']}") for text in entry["columns"])
    if entry["label"] not in {column.name for column in columns}:
        raise ValueError(f"databases.toml: {database}.{entry['name']}: the label {entry['label']} is no column")
    metrics = tuple(Metric(*(part.strip() for part in text.split("|"))) for text in entry.get("metrics", ()))
    return Table(entry["name"], entry["one"], entry["many"], entry["zh"], entry["label"], columns, metrics)


def _column(text: str, where: str) -> Column:
    parts = [part.strip() for part in text.split("|")]
    if len(parts) == 2 and parts[1].startswith("ref:"):
        parent = parts[1][4:]
        return Column(parts[0], parts[0].replace("_", " "), parts[0], {"kind": "id"}, parent)
    if len(parts) != 4:
        raise ValueError(f'databases.toml: {where}: {text!r} must be "name|english|chinese|kind" or "name|ref:table"')
    name, english, chinese, kind = parts
    if kind.startswith("enum:"):
        pairs = [option.split("/") for option in kind[5:].split(",")]
        spec = {"kind": "enum", "values": [{"value": value, "en": [value.replace("_", " ")], "zh": [chinese_value]} for value, chinese_value in pairs]}
    else:
        spec = parse_kind(kind)
    return Column(name, english, chinese, spec)
