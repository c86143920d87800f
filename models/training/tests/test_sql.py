"""Every drawn statement runs on an empty database of its schema."""
import datetime
import random
import sqlite3
import unittest

import databases
import sqlquery
from values import Values


class SqlTests(unittest.TestCase):
    def test_statements_run(self):
        engines = {}
        for database in databases.load():
            engines[database.key] = sqlite3.connect(":memory:")
            for table in database.tables:
                engines[database.key].execute(f"CREATE TABLE {table.name} ({', '.join(column.name for column in table.columns)})")
        joins = 0
        for seed in range(2500):
            rng = random.Random(seed)
            values = Values(rng, today=datetime.date(2026, 11, 20) if seed % 2 else None)
            database = rng.choice(databases.load())
            query = sqlquery.Asker(values, "zh" if seed % 3 else "en", database).draw()
            engines[database.key].execute(query.sql)
            joins += " JOIN " in query.sql
            self.assertNotRegex(query.question, r"[\x01\x02\x03{}]")
        self.assertGreater(joins, 300)

    def test_last_month_is_the_month_before_today(self):
        found = set()
        for seed in range(3000):
            rng = random.Random(seed)
            query = sqlquery.Asker(Values(rng, today=datetime.date(2026, 1, 20)), "en", rng.choice(databases.load())).draw()
            if "last month" in query.question:
                found.add("'2025-12-01'" in query.sql and "'2026-01-01'" in query.sql)
        self.assertEqual(found, {True})

    def test_quotes_in_values_are_doubled(self):
        self.assertEqual(sqlquery.literal("O'Hara"), "'O''Hara'")


if __name__ == "__main__":
    unittest.main()
