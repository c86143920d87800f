"""Draws a question over a database and the SQL that answers it.

A query is built on one table; conditions and groups may reach the tables it refers to, and then it joins them. Columns carry
their table's name as soon as there is a join. Only what SQLite and PostgreSQL read alike is used; dates are ISO text or date
columns, compared with half-open ranges.
"""
from __future__ import annotations

import datetime
from typing import NamedTuple

import lexicon
from databases import NUMERIC, TEXTUAL, Column, Database, Table
from values import MONTHS, Values

EXTREMES = {"MAX": 0, "MIN": 1}


class Query(NamedTuple):
    question: str
    sql: str
    # What a row of the result holds: the columns' names in the result and the kinds to draw them from.
    fields: list[tuple[str, dict]]
    single: bool
    limit: int | None


class _Reach(NamedTuple):
    """A table at hand: the queried one, or one that it refers to, with the joins that lead there."""

    table: Table
    joins: tuple[str, ...]
    direct: bool


class _Condition(NamedTuple):
    sql: str
    text: str
    reach: _Reach


class Asker:
    def __init__(self, values: Values, language: str, database: Database) -> None:
        self.values = values
        self.rng = values.rng
        self.language = language
        self.chinese = language == "zh"
        self.database = database
        self.phrases = lexicon.toml("sql_phrases.toml")
        self.table: Table = self.rng.choice(database.tables)
        self.joined: list[str] = []
        self.raw_names = self.rng.random() < 0.07

    # --- entry

    def draw(self) -> Query:
        kinds = [self._count, self._aggregate, self._rows, self._top, self._group, self._top_group, self._distinct, self._lookup, self._having, self._latest]
        for _ in range(20):
            self.table = self.rng.choice(self.database.tables)
            self.joined = []
            query = self.rng.choices(kinds, (14, 14, 16, 12, 12, 14, 4, 10, 4, 5))[0]()
            if query:
                return query
        self.joined = []
        return self._count_all()

    # --- words

    def _pick(self, items):
        return self.rng.choice(items)

    def _phrase(self, key: str, **words) -> str:
        text = self._pick(self.phrases[key][self.language])
        for name, word in words.items():
            text = text.replace("{" + name + "}", str(word))
        return text

    def _many(self, table: Table | None = None) -> str:
        table = table or self.table
        return table.name if self.raw_names else table.zh if self.chinese else table.many

    def _one(self, table: Table) -> str:
        return table.zh if self.chinese else table.one

    def _column(self, column: Column) -> str:
        return column.name if self.raw_names else column.words(self.language)

    # --- joins

    def _reaches(self) -> list[_Reach]:
        """The queried table, its parents and their parents."""
        out = [_Reach(self.table, (), True)]
        for reach in out:
            if len(reach.joins) == 2:
                continue
            for column in reach.table.parents:
                parent = self.database.table(column.parent)
                key = parent.columns[0].name
                join = f"JOIN {parent.name} ON {reach.table.name}.{column.name} = {parent.name}.{key}"
                if parent.name not in [other.table.name for other in out]:
                    out.append(_Reach(parent, (*reach.joins, join), False))
        return out

    def _use(self, reach: _Reach) -> None:
        for join in reach.joins:
            if join not in self.joined:
                self.joined.append(join)

    def _name(self, reach: _Reach, column: Column) -> str:
        """A marker that becomes a bare or a qualified name once it is known whether anything is joined."""
        return f"\x01{reach.table.name}\x02{column.name}\x03"

    def _finish(self, sql: str) -> str:
        out, rest = [], sql
        while "\x01" in rest:
            before, _, rest = rest.partition("\x01")
            table, _, rest = rest.partition("\x02")
            column, _, rest = rest.partition("\x03")
            out += [before, f"{table}.{column}" if self.joined else column]
        return "".join(out) + rest

    def _from(self) -> str:
        return " ".join([f"FROM {self.table.name}", *self.joined])

    def _metric_sql(self, expression: str) -> str:
        columns = {column.name for column in self.table.columns}
        words = [f"\x01{self.table.name}\x02{word}\x03" if word in columns else word for word in expression.split(" ")]
        return " ".join(words)

    # --- conditions

    def _where(self, share: float, avoid: frozenset[str] = frozenset()) -> tuple[str, str]:
        """A WHERE clause, and its words: behind the noun in English, before it in Chinese."""
        if self.rng.random() >= share:
            return "", ""
        conditions: list[_Condition] = []
        for _ in range(self._pick((1, 1, 1, 2))):
            condition = self._condition(avoid)
            if condition and all(condition.sql.split(" ")[0] != other.sql.split(" ")[0] for other in conditions):
                conditions.append(condition)
        for condition in conditions:
            self._use(condition.reach)
        if not conditions:
            return "", ""
        clause = " WHERE " + " AND ".join(condition.sql for condition in conditions)
        texts = [condition.text for condition in conditions]
        return clause, "".join(texts) if self.chinese else " " + " and ".join(texts)

    def _condition(self, avoid: frozenset[str]) -> _Condition | None:
        reaches = self._reaches()
        reach = self._pick(reaches) if self.rng.random() < 0.35 else reaches[0]
        columns = [column for column in reach.table.columns if not column.parent and column.name not in avoid and column.name != reach.table.columns[0].name]
        if not columns:
            return None
        column = self._pick(columns)
        made = self._comparison(reach, column)
        if made is None:
            return None
        sql, text = made
        if not reach.direct:
            owner = self._many(reach.table) if self.chinese else self._pick((reach.table.many, f"the {reach.table.one}"))
            text = f"{text}{owner}的" if self.chinese else f"of {owner} {text}"
        return _Condition(sql, text, reach)

    def _comparison(self, reach: _Reach, column: Column) -> tuple[str, str] | None:
        name, words = self._name(reach, column), self._column(column)
        if column.kind in NUMERIC:
            return self._numeric(name, words, column)
        if column.kind in ("date", "datetime"):
            return self._dated(name, words)
        value = self.values.draw(column.spec, self.language, "text")
        if column.kind in TEXTUAL and self.rng.random() < 0.16:
            return self._like(name, words, value.json)
        if column.kind in TEXTUAL | {"enum"} and self.rng.random() < 0.06:
            other = self.values.draw(column.spec, self.language, "text")
            if other.json != value.json:
                return f"{name} IN ({literal(value.json)}, {literal(other.json)})", self._phrase("in_two", column=words, value=value.text, other=other.text)
        key = "in_place" if column.kind in ("city", "country") and self.rng.random() < 0.6 else "named" if column.name == reach.table.label and self.rng.random() < 0.6 else "state" if column.kind == "enum" and self.rng.random() < 0.5 else "equals"
        return f"{name} = {literal(value.json)}", self._phrase(key, column=words, value=value.text)

    def _numeric(self, name: str, words: str, column: Column) -> tuple[str, str]:
        value = self.values.draw(column.spec, self.language).json
        chance = self.rng.random()
        if chance < 0.12:
            other = self.values.draw(column.spec, self.language).json
            low, high = sorted((value, other))
            return f"{name} BETWEEN {low} AND {high}", self._phrase("between", column=words, value=low, other=high)
        operator, key = self._pick(((">", "above"), (">", "above"), ("<", "below"), ("<", "below"), (">=", "at_least"), ("<=", "at_most"), ("=", "equals")))
        return f"{name} {operator} {value}", self._phrase(key, column=words, value=value)

    def _dated(self, name: str, words: str) -> tuple[str, str]:
        value = self.values.draw({"kind": "date"}, self.language, "iso")
        if self.values.today and self.rng.random() < 0.45:
            first, end, key = self._calendar(self.values.today)
            return between(name, first, end), self._phrase(key, column=words)
        chance = self.rng.random()
        if chance < 0.3:
            year = int(value.json[:4])
            return between(name, datetime.date(year, 1, 1), datetime.date(year + 1, 1, 1)), self._phrase("in_period", column=words, value=f"{year}年" if self.chinese else year)
        if chance < 0.5:
            first = datetime.date.fromisoformat(value.json).replace(day=1)
            text = f"{first.year}年{first.month}月" if self.chinese else f"{MONTHS[first.month - 1]} {first.year}"
            return between(name, first, next_month(first)), self._phrase("in_period", column=words, value=text)
        operator, key = self._pick(((">", "after"), ("<", "before"), (">=", "since"), ("=", "on_date")))
        return f"{name} {operator} '{value.json}'", self._phrase(key, column=words, value=value.text)

    def _calendar(self, today: datetime.date) -> tuple[datetime.date, datetime.date, str]:
        month, year = today.replace(day=1), today.replace(month=1, day=1)
        last_month = (month - datetime.timedelta(days=1)).replace(day=1)
        last_year = year.replace(year=year.year - 1)
        return self._pick((
            (last_month, month, "last_month"), (last_month, month, "last_month"), (month, next_month(month), "this_month"),
            (year, year.replace(year=year.year + 1), "this_year"), (last_year, year, "last_year"),
            (today, today + datetime.timedelta(days=1), "today"), (today - datetime.timedelta(days=1), today, "yesterday"),
        ))

    def _like(self, name: str, words: str, value: str) -> tuple[str, str]:
        parts = value.split(" ") if " " in value else [value[:2], value[-2:], value] if self.chinese else [value[:3], value]
        part = self._pick([part for part in parts if part])
        text = part.replace("'", "''")
        pattern, key = self._pick(((f"%{text}%", "contains"), (f"%{text}%", "contains"), (f"{text}%", "starts"), (f"%{text}", "ends")))
        return f"{name} LIKE '{pattern}'", self._phrase(key, column=words, value=part)

    # --- questions

    def _select(self, what: str, where: str, tail: str = "") -> str:
        return self._finish(f"SELECT {what} {self._from()}{where}{tail}")

    def _query(self, question: str, sql: str, fields: list[tuple[str, dict]], single: bool = False, limit: int | None = None) -> Query:
        question = " ".join(question.split(" ")).replace("  ", " ").replace(" ?", "?").replace(" .", ".").strip()
        return Query(question[:1].upper() + question[1:] if not self.chinese and self.rng.random() < 0.85 else question, sql, fields, single, limit)

    def _count_all(self) -> Query:
        return self._query(self._phrase("count", many=self._many(), where=""), self._select("COUNT(*)", ""), [("COUNT(*)", {"kind": "int", "max": 5000})], True)

    def _count(self) -> Query:
        where, words = self._where(0.8)
        return self._query(self._phrase("count", many=self._many(), where=words), self._select("COUNT(*)", where), [("COUNT(*)", {"kind": "int", "max": 5000})], True)

    def _measure(self) -> tuple[str, str, str, dict] | None:
        """An aggregate: SQL, words, its function, and the kind of its values."""
        numbers = self.table.of_kind(frozenset(("int", "number", "money")))
        numbers = [column for column in numbers if column is not self.table.columns[0]]
        if self.table.metrics and self.rng.random() < 0.6:
            metric = self._pick(self.table.metrics)
            return f"SUM({self._metric_sql(metric.expression)})", metric.zh if self.chinese else metric.en, "SUM", {"kind": "number", "max": 99999, "decimals": 2}
        if not numbers:
            return None
        column = self._pick(numbers)
        function, key = self._pick((("SUM", "total"), ("AVG", "average"), ("AVG", "average"), ("MAX", "highest"), ("MIN", "lowest")))
        reach = _Reach(self.table, (), True)
        kind = {"kind": "number", "max": 9999, "decimals": 2} if function in ("SUM", "AVG") else column.spec
        return f"{function}({self._name(reach, column)})", self._phrase(key, column=self._column(column)), function, kind

    def _aggregate(self) -> Query | None:
        measure = self._measure()
        if measure is None:
            return None
        sql, words, function, kind = measure
        where, condition = self._where(0.65)
        return self._query(self._phrase("aggregate", measure=words, many=self._many(), where=condition), self._select(sql, where), [(self._finish(sql), kind)], True)

    def _shown(self) -> tuple[str, str | None, list[tuple[str, dict]]]:
        """What a list shows: all columns, or one or two."""
        reach = _Reach(self.table, (), True)
        plain = [column for column in self.table.columns if not column.parent]
        if self.rng.random() < 0.5:
            return "*", None, [(column.name, column.spec) for column in plain][:5]
        columns = self.rng.sample(plain, self._pick((1, 1, 2))) if len(plain) > 1 else plain
        words = [self._column(column) for column in columns]
        joined = ("和" if self.chinese else " and ").join(words)
        return ", ".join(self._name(reach, column) for column in columns), joined, [(column.name, column.spec) for column in columns]

    def _rows(self) -> Query:
        what, words, fields = self._shown()
        where, condition = self._where(0.9)
        tail = order = ""
        if self.rng.random() < 0.25:
            column = self._pick([column for column in self.table.columns if not column.parent and column.kind in NUMERIC | {"date", "title", "person"}] or [self.table.columns[0]])
            descending = self.rng.random() < 0.5
            tail = f" ORDER BY {self._name(_Reach(self.table, (), True), column)} {'DESC' if descending else 'ASC'}"
            order = self._phrase("sorted_down" if descending else "sorted_up", column=self._column(column))
        if what == "*" and self.joined:
            what = f"{self.table.name}.*"
        key = "rows" if words is None else "columns"
        return self._query(self._phrase(key, many=self._many(), where=condition, columns=words or "", order=order), self._select(what, where, tail), fields)

    def _ranked_column(self) -> Column | None:
        columns = [column for column in self.table.of_kind(NUMERIC) if column is not self.table.columns[0]]
        return self._pick(columns) if columns else None

    def _top(self) -> Query | None:
        column = self._ranked_column()
        if column is None:
            return None
        limit = self._pick((1, 1, 3, 5, 10, self.rng.randint(2, 20)))
        descending = self.rng.random() < 0.65
        where, condition = self._where(0.35, frozenset((column.name,)))
        reach = _Reach(self.table, (), True)
        label = self.table.column(self.table.label)
        show_label = self.rng.random() < 0.4 and label is not self.table.columns[0]
        what = self._name(reach, label) if show_label else f"{self.table.name}.*" if self.joined else "*"
        fields = [(label.name, label.spec)] if show_label else [(entry.name, entry.spec) for entry in self.table.columns if not entry.parent][:5]
        tail = f" ORDER BY {self._name(reach, column)} {'DESC' if descending else 'ASC'} LIMIT {limit}"
        key = ("top_label" if show_label else "top") + ("_one" if limit == 1 else "") + ("" if descending else "_low")
        question = self._phrase(key, many=self._many(), one=self._one(self.table), where=condition, column=self._column(column), n=self._number(limit), label=self._column(label))
        return self._query(question, self._select(what, where, tail), fields, limit=limit)

    def _number(self, number: int) -> str:
        if number <= 10 and self.rng.random() < 0.3:
            return "零一两三四五六七八九十"[number] if self.chinese else "zero one two three four five six seven eight nine ten".split()[number]
        return str(number)

    def _dimension(self) -> tuple[_Reach, Column, str] | None:
        """What to group by, and its name: a class of the table itself, or the label of a table it refers to."""
        options: list[tuple[_Reach, Column, str]] = []
        for reach in self._reaches():
            label = reach.table.column(reach.table.label)
            if not reach.direct and label is not reach.table.columns[0]:
                options += [(reach, label, self._one(reach.table))] * 2
            for column in reach.table.columns:
                if column.kind in ("enum", "city", "country", "plant", "animal", "company", "word") and column.name != reach.table.label:
                    words = self._column(column) if reach.direct else f"{self._one(reach.table)}{self._column(column)}" if self.chinese else f"{self._one(reach.table)} {self._column(column)}"
                    options.append((reach, column, words))
        return self._pick(options) if options else None

    def _grouped(self) -> tuple[str, str, str, str, str, dict] | None:
        """Group column, its words, aggregate, its words, function and kind."""
        dimension = self._dimension()
        if dimension is None:
            return None
        reach, column, words = dimension
        self._use(reach)
        measure = self._measure() if self.rng.random() < 0.6 else None
        if measure is None:
            return self._name(reach, column), words, "COUNT(*)", "", "COUNT", {"kind": "int", "max": 900}
        return self._name(reach, column), words, measure[0], measure[1], measure[2], measure[3]

    def _group(self) -> Query | None:
        grouped = self._grouped()
        if grouped is None:
            return None
        group, words, sql, measure, function, kind = grouped
        where, condition = self._where(0.3)
        key = "group_count" if function == "COUNT" else "group"
        question = self._phrase(key, many=self._many(), where=condition, group=words, measure=measure)
        return self._query(question, self._select(f"{group}, {sql}", where, f" GROUP BY {group}"), [(words, {"kind": "word"}), (self._finish(sql), kind)])

    def _top_group(self) -> Query | None:
        grouped = self._grouped()
        if grouped is None:
            return None
        group, words, sql, measure, function, kind = grouped
        limit = self._pick((1, 1, 3, 3, 5, self.rng.randint(2, 10)))
        descending = self.rng.random() < 0.8
        where, condition = self._where(0.45)
        key = ("most" if function == "COUNT" else "most_measure") + ("_one" if limit == 1 else "") + ("" if descending else "_low")
        question = self._phrase(key, many=self._many(), where=condition, group=words, measure=measure, n=self._number(limit))
        tail = f" GROUP BY {group} ORDER BY {sql} {'DESC' if descending else 'ASC'} LIMIT {limit}"
        return self._query(question, self._select(f"{group}, {sql}", where, tail), [(words, {"kind": "word"}), (self._finish(sql), kind)], limit=limit)

    def _having(self) -> Query | None:
        dimension = self._dimension()
        if dimension is None:
            return None
        reach, column, words = dimension
        self._use(reach)
        group = self._name(reach, column)
        least = self.rng.randint(2, 50)
        question = self._phrase("having", group=words, many=self._many(), n=least)
        sql = self._select(f"{group}, COUNT(*)", "", f" GROUP BY {group} HAVING COUNT(*) > {least}")
        return self._query(question, sql, [(words, {"kind": "word"}), ("COUNT(*)", {"kind": "int", "max": 900})])

    def _distinct(self) -> Query | None:
        columns = [column for column in self.table.columns if column.kind in TEXTUAL | {"enum"}]
        if not columns:
            return None
        column = self._pick(columns)
        where, condition = self._where(0.25, frozenset((column.name,)))
        question = self._phrase("distinct", many=self._many(), where=condition, column=self._column(column))
        return self._query(question, self._select(f"DISTINCT {self._name(_Reach(self.table, (), True), column)}", where), [(column.name, column.spec)])

    def _lookup(self) -> Query | None:
        """One fact about one named row."""
        label = self.table.column(self.table.label)
        columns = [column for column in self.table.columns if not column.parent and column is not label and column is not self.table.columns[0]]
        if not columns:
            return None
        column = self._pick(columns)
        value = self.values.draw(label.spec, self.language, "text")
        reach = _Reach(self.table, (), True)
        question = self._phrase("lookup", one=self._one(self.table), label=value.text, column=self._column(column))
        return self._query(question, self._select(self._name(reach, column), f" WHERE {self._name(reach, label)} = {literal(value.json)}"), [(column.name, column.spec)], True)

    def _latest(self) -> Query | None:
        dates = self.table.of_kind(frozenset(("date",)))
        if not dates:
            return None
        column = self._pick(dates)
        limit = self._pick((1, 3, 5, 10, self.rng.randint(2, 20)))
        newest = self.rng.random() < 0.8
        where, condition = self._where(0.3, frozenset((column.name,)))
        key = "latest" if newest else "earliest"
        what = f"{self.table.name}.*" if self.joined else "*"
        tail = f" ORDER BY {self._name(_Reach(self.table, (), True), column)} {'DESC' if newest else 'ASC'} LIMIT {limit}"
        question = self._phrase(key, n=self._number(limit), many=self._many(), where=condition, column=self._column(column))
        return self._query(question, self._select(what, where, tail), [(entry.name, entry.spec) for entry in self.table.columns if not entry.parent][:5], limit=limit)


def literal(value) -> str:
    return str(value) if isinstance(value, (int, float)) else "'" + str(value).replace("'", "''") + "'"


def between(name: str, first: datetime.date, end: datetime.date) -> str:
    return f"{name} >= '{first}' AND {name} < '{end}'"


def next_month(first: datetime.date) -> datetime.date:
    return (first.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
