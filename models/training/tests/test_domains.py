"""Domain files: all shipped ones are valid, and a broken one is named with the rule it breaks."""
import tempfile
import unittest
from pathlib import Path

import domains

SAMPLE = (Path(__file__).parent / "sample.toml").read_text(encoding="utf-8")


def problems_of(text):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "broken.toml").write_text(text, encoding="utf-8")
        return domains.read(Path(folder))[1]


class DomainTests(unittest.TestCase):
    def test_all_shipped_files_are_valid(self):
        self.assertEqual(domains.read()[1], [])

    def test_the_sample_is_read(self):
        self.assertEqual(problems_of(SAMPLE), [])

    def test_problems_name_file_tool_and_rule(self):
        for old, new, expected in (
            ("Reserve {title}", "Reserve {titel}", "unknown placeholder(s) titel"),
            ("I want {title}", "I want something", "does not say title"),
            ('kind = "title"', 'kind = "tittle"', "unknown kind 'tittle'"),
            ('missing = "title" }]\nlacking.zh', 'missing = "branch" }]\nlacking.zh', "branch is no required parameter"),
            ("{r.pickup}.\"", "{r.pick}.\"", "unknown placeholder(s) r.pick"),
            ('effects = "write"', 'effects = "both"', "effects must be"),
            ('{"error": "no copy"}', '{"error": no copy}', "json cannot be read"),
            ('values = [{ value = "central", en = ["the central branch"], zh = ["总馆"] }', 'values = [{ value = "central", en = ["the central branch"] }', "needs value, en and zh"),
        ):
            with self.subTest(new):
                problems = problems_of(SAMPLE.replace(old, new))
                self.assertTrue(any(expected in problem for problem in problems), problems)
                self.assertTrue(all(problem.startswith("broken.toml: tool sample.reserve: ") for problem in problems), problems)

    def test_a_key_may_be_used_once(self):
        self.assertTrue(any("the key is used" in problem for problem in problems_of(SAMPLE + SAMPLE)))

    def test_broken_toml_is_named(self):
        self.assertTrue(problems_of("[[tool]\n")[0].startswith("broken.toml: "))

    def test_a_unit_is_written_once(self):
        self.assertEqual(domains.Phrase.parse("{year}年的账单").fill({"year": "2026年"}), "2026年的账单")

    def test_a_day_counted_from_today_stands_without_a_preposition(self):
        for phrase, day, written in (("Trains on {date} to {city}", "tomorrow", "Trains tomorrow to Rome"), ("On {date} to {city}", "today", "Today to Rome"), ("{city} on {date}", "a week from now", "Rome a week from now"),
                                     ("{city} on {date}", "2026-01-02", "Rome on 2026-01-02"), ("salon {date}", "today", "salon today")):
            self.assertEqual(domains.Phrase.parse(phrase).fill({"date": day, "city": "Rome"}), written)


if __name__ == "__main__":
    unittest.main()
