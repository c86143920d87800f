"""Values: every kind, both languages, surfaces that say the value, and the split."""
import datetime
import random
import unittest

import domains
import forms
import numerals
from values import Values, is_held_out, parse_kind

OPEN_KINDS = ("person", "city", "address", "company", "product", "title", "topic", "id", "email", "phone", "url", "file", "code", "word", "food", "note")
SPECS = {
    "enum": {"kind": "enum", "values": [{"value": "a", "en": ["first"], "zh": ["第一"]}]},
    "bool": {"kind": "bool", "values": [{"value": True, "en": ["with it"], "zh": ["带上"]}]},
    "list": {"kind": "list", "of": "food", "min": 2, "max": 3},
    "int": {"kind": "int", "min": 3, "max": 40}, "number": {"kind": "number", "min": 1, "max": 9, "decimals": 1},
}


def spec(kind):
    return SPECS.get(kind, {"kind": kind})


class ValueTests(unittest.TestCase):
    def test_every_kind_has_a_text_in_both_languages_and_every_form(self):
        values = Values(random.Random(1), today=datetime.date(2026, 11, 20))
        for kind in sorted(domains.KINDS - {"object"}):
            for language in ("en", "zh"):
                for form in [form.name for form in forms.FORMS.get(kind, forms.PLAIN)] + ["text"]:
                    value = values.draw(spec(kind), language, form)
                    self.assertTrue(value.text.strip(), (kind, language, form))
                    self.assertIsNotNone(value.json)

    def test_open_values_are_split(self):
        for held_out in (False, True):
            values = Values(random.Random(2), held_out)
            for kind in OPEN_KINDS:
                for _ in range(20):
                    self.assertEqual(is_held_out(values.draw(spec(kind), "en").text), held_out, kind)

    def test_dates_are_iso_unless_the_form_says_otherwise(self):
        values = Values(random.Random(3))
        for _ in range(200):
            value = values.draw({"kind": "date"}, "zh", "iso")
            datetime.date.fromisoformat(value.json)
        self.assertRegex(values.draw({"kind": "date"}, "en", "dmy").json, r"^\d\d/\d\d/\d{4}$")
        words = values.draw({"kind": "date"}, "en", "words")
        self.assertEqual(words.json, words.text)

    def test_relative_dates_only_where_today_is_known(self):
        unknown = Values(random.Random(4))
        texts = {unknown.draw({"kind": "date"}, "en", "iso").text for _ in range(400)}
        self.assertFalse(texts & {"today", "tomorrow", "yesterday"})
        known = Values(random.Random(4), today=datetime.date(2026, 2, 28))
        pairs = {value.text: value.json for value in (known.draw({"kind": "date"}, "en", "iso") for _ in range(400))}
        self.assertEqual(pairs["tomorrow"], "2026-03-01")
        pairs = {value.text: value.json for value in (known.draw({"kind": "date"}, "zh", "iso") for _ in range(3000))}
        self.assertEqual(pairs["一周后"], "2026-03-07")
        self.assertEqual(pairs["三天后"], "2026-03-03")

    def test_times_in_words_mean_their_value(self):
        values = Values(random.Random(5))
        pairs = {value.text: value.json for value in (values.draw({"kind": "time"}, "zh", "clock") for _ in range(4000))}
        self.assertEqual(pairs["下午三点半"], "15:30")
        pairs = {value.text: value.json for value in (values.draw({"kind": "time"}, "en", "clock") for _ in range(4000))}
        self.assertEqual(pairs["3 pm"], "15:00")
        self.assertEqual(pairs["noon"], "12:00")

    def test_numbers_in_words(self):
        self.assertEqual([numerals.english(n) for n in (0, 13, 21, 40, 105)], ["zero", "thirteen", "twenty-one", "forty", "one hundred and five"])
        self.assertEqual([numerals.chinese(n) for n in (0, 10, 12, 20, 35, 105, 110)], ["零", "十", "十二", "二十", "三十五", "一百零五", "一百一十"])
        self.assertEqual(numerals.chinese(2, counting=True), "两")
        values = Values(random.Random(6))
        for language in ("en", "zh"):
            for _ in range(500):
                value = values.draw({"kind": "int", "min": 0, "max": 99}, language)
                words = numerals.english(value.json) if language == "en" else numerals.chinese(value.json, counting=True)
                self.assertIn(value.text, (str(value.json), words))

    def test_money_is_a_number_that_the_text_names(self):
        values = Values(random.Random(7))
        for _ in range(300):
            value = values.draw({"kind": "money", "min": 100, "max": 900}, "en")
            said = value.text.replace(",", "")
            self.assertTrue(str(value.json) in said or numerals.english(value.json) in said or any(other in said for other in numerals.spoken_english(value.json)), value)

    def test_lists_hold_different_items(self):
        values = Values(random.Random(8))
        value = values.draw(SPECS["list"], "en")
        self.assertEqual(len(set(value.json)), len(value.json))
        for item in value.json:
            self.assertIn(item, value.text)

    def test_kinds_of_results_are_parsed(self):
        self.assertEqual(parse_kind("int:1:9"), {"kind": "int", "min": 1.0, "max": 9.0})
        self.assertEqual([entry["value"] for entry in parse_kind("enum:a|b")["values"]], ["a", "b"])

    def test_equal_seeds_give_equal_values(self):
        def draw():
            values = Values(random.Random(9))
            return [values.draw(spec(kind), "zh") for kind in sorted(domains.KINDS - {"object"})]
        self.assertEqual(draw(), draw())


if __name__ == "__main__":
    unittest.main()
