"""Draws values: what a call must carry (json) and how a person writes it (text).

Every kind of the domain files has one method here. Values come from word lists, from pseudo-words, from uniformly random pieces
of the vocabulary and from uniformly random hanzi, so that copying is learned and names are not.

Open values are split by a hash of their text: one in HELD_OUT_SHARE is never used for training and only those are used for
evaluation. Closed classes (weekdays, currencies, numbers, dates ...) cannot be split.
"""
from __future__ import annotations

import datetime
import random
import zlib
from typing import Any, Callable, NamedTuple

import lexicon
import numerals

HELD_OUT_SHARE = 8
ONSETS = "b c d f g h j k l m n p r s t v w z br cr dr fl gr kr pl pr sh st th tr ch sk sl qu gl bl x y".split() + ["", ""]
VOWELS = "a e i o u ai ea oo ou ia y ei au ee ie oa".split()
CODAS = ["", "", "", ""] + "n r l s t m x k nd st rk sh ng p d th ck ll rt b g v z".split()
MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
WEEKDAYS_ZH = "一二三四五六日"
DIGITS = "0123456789"
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER = UPPER.lower()


class Value(NamedTuple):
    json: Any
    text: str


def is_held_out(text: str) -> bool:
    return zlib.crc32(text.encode()) % HELD_OUT_SHARE == 0


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class Values:
    """A source of values in one dialogue.

    rng: where all chance comes from.
    held_out: draw only values that training never sees.
    today: the date that the system prompt tells; None where it tells none, and then no relative dates are used.
    """

    # The tokeniser learns from text without invented words, so that its pieces are those of real ones.
    invents = True

    def __init__(self, rng: random.Random, held_out: bool = False, today: datetime.date | None = None) -> None:
        self.rng = rng
        self.held_out = held_out
        self.today = today
        self.words = lexicon.load()

    # --- entry

    def draw(self, spec: dict, language: str, form: str | None = None) -> Value:
        """A value of the kind that spec names. `form` is one of forms.FORMS for the kind; None stands for its default."""
        return getattr(self, "_" + spec["kind"])(spec, language, form)

    def text(self, kind: str, language: str) -> str:
        return self.draw({"kind": kind}, language).text

    # --- raw material

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def pick(self, items):
        return self.rng.choice(items)

    def digits(self, count: int) -> str:
        return "".join(self.pick(DIGITS) for _ in range(count))

    def upper(self, count: int) -> str:
        return "".join(self.pick(UPPER) for _ in range(count))

    def pseudo(self, syllables: int | None = None) -> str:
        """A word that does not exist: syllables, or random pieces of the vocabulary."""
        if not Values.invents:
            return self.pick(self.words["words_en"])
        pieces = lexicon.letter_pieces()
        if pieces and syllables is None and self.chance(0.5):
            return "".join(self.pick(pieces) for _ in range(self.pick((1, 2, 2, 2, 3, 3))))[:18]
        count = syllables or self.pick((1, 2, 2, 2, 3, 3, 4))
        return "".join(self.pick(ONSETS) + self.pick(VOWELS) + self.pick(CODAS) for _ in range(count))

    def han(self, count: int) -> str:
        characters = lexicon.hanzi()
        return "".join(self.pick(characters) for _ in range(count))

    def han_name(self, least: int = 2, most: int = 6) -> str:
        """A Chinese name of any characters, rare ones among them; often it ends in one that could as well begin what follows."""
        characters = lexicon.hanzi()
        rare = lexicon.rare_hanzi()
        name = [self.pick(rare) if self.chance(0.1) else self.pick(characters) for _ in range(self.pick(range(least, most + 1)))]
        if self.chance(0.3):
            name[-1] = self.pick(self.words["han_ends"])
        return "".join(name)

    def fresh(self, make: Callable[[], str]) -> str:
        """The first value of the wanted side of the split; after many tries the last one made longer."""
        for _ in range(60):
            text = make()
            if text and is_held_out(text) == self.held_out:
                return text
        while is_held_out(text) != self.held_out:
            text += self.pick(LOWER) if text.isascii() else self.han(1)
        return text

    def en_word(self) -> str:
        return self.pick(self.words["words_en"]) if self.chance(0.55) else self.pseudo()

    def zh_word(self) -> str:
        return self.pick(self.words["words_zh"]) if self.chance(0.5) else self.han(self.pick((1, 2, 2, 2, 3)))

    def some_words(self, language: str, count: int) -> str:
        if language == "zh":
            return "".join(self.zh_word() for _ in range(count))
        common = self.words["common_en"]
        return " ".join(self.pick(common) if self.chance(0.15) else self.en_word() for _ in range(count))

    def pair(self, key: str, language: str) -> str:
        return self.pick(self.words[key])[language == "zh"]

    def _same(self, make: Callable[[], str]) -> Value:
        text = self.fresh(make)
        return Value(text, text)

    def _chinese(self, language: str) -> bool:
        """Mostly the language of the dialogue; foreign names occur in both."""
        return (language == "zh") != self.chance(0.06)

    # --- names

    def _person(self, spec, language, form) -> Value:
        return self._same(lambda: self._chinese_person() if self._chinese(language) else self._english_person())

    def _chinese_person(self) -> str:
        if self.chance(0.15):
            return self.pick(self.words["chinese_surnames"]) + self.han_name(1, 3)
        given = self.words["chinese_given"]
        return self.pick(self.words["chinese_surnames"]) + "".join(
            self.pick(given) if self.chance(0.6) else self.han(1) for _ in range(self.pick((1, 2, 2))))

    def _english_person(self) -> str:
        if self.chance(0.08):
            return f"{self.pick(self.words['given_marked' if self.chance(0.6) else 'given_names'])} {self.pick(self.words['surnames_marked'])}"
        first = self.pick(self.words["given_names"]) if self.chance(0.6) else capital(self.pseudo())
        last = self.pick(self.words["surnames"]) if self.chance(0.5) else capital(self.pseudo())
        return f"{first} {last}"

    def _given_name(self, spec, language, form) -> Value:
        def make() -> str:
            if self._chinese(language):
                return self.pick(("小", "阿", "老", "")) + self.han(1) if self.chance(0.4) else self._chinese_person()[1:]
            return self.pick(self.words["given_names"]) if self.chance(0.5) else capital(self.pseudo())
        return self._same(make)

    def _city(self, spec, language, form) -> Value:
        def make() -> str:
            if self._chinese(language):
                if self.chance(0.2):
                    return self.han_name(2, 4)
                if self.chance(0.6):
                    return self.pick(self.words["cities_zh"]) + ("市" if self.chance(0.1) else "")
                return self.han(self.pick((2, 2, 3))) + self.pick(("市", "县", "镇", "", "", "区"))
            if self.chance(0.06):
                return self.pick(self.words["cities_marked"])
            if self.chance(0.6):
                return self.pick(self.words["cities_en"])
            return capital(self.pseudo()) + (self.pick((" City", "ville", "burg", " " + capital(self.pseudo()))) if self.chance(0.25) else "")
        return self._same(make)

    def _country(self, spec, language, form) -> Value:
        text = self.pick(self.words["countries"])[language == "zh"]
        return Value(text, text)

    def _address(self, spec, language, form) -> Value:
        def make() -> str:
            number = self.rng.randint(1, 399)
            if language == "zh":
                street = (self.han(2) if self.chance(0.6) else self.zh_word()) + self.pick(self.words["streets_zh"])
                city = self.text("city", "zh") if self.chance(0.4) else ""
                return f"{city}{street}{number}号" + (f"{self.rng.randint(1, 30)}栋{self.rng.randint(101, 2804)}室" if self.chance(0.3) else "")
            street = f"{number} {capital(self.en_word())} {self.pick(self.words['streets_en'])}"
            return street + (f", {self.text('city', 'en')}" if self.chance(0.4) else "")
        return self._same(make)

    def _company(self, spec, language, form) -> Value:
        def make() -> str:
            if language == "zh":
                if self.chance(0.25):
                    return self.han_name()
                return (self.han(2) if self.chance(0.6) else self.zh_word()) + self.pick(self.words["company_suffixes_zh"])
            return capital(self.en_word()) + (" " + self.pick(self.words["company_suffixes_en"]) if self.chance(0.7) else "")
        return self._same(make)

    def _product(self, spec, language, form) -> Value:
        def make() -> str:
            name = self.pair("products", language)
            chance = self.rng.random()
            if chance < 0.3:
                return name
            if language == "zh":
                if self.chance(0.2):
                    return self.han_name()
                return self.pick((self.pair("colors", "zh"), self.zh_word(), self.han(2))) + name if chance < 0.7 else self.zh_word() + self.upper(1) + self.digits(self.pick((1, 2)))
            if chance < 0.7:
                return f"{self.pick((self.pair('colors', 'en'), self.en_word()))} {name}"
            return f"{capital(self.pseudo())} {self.pick((self.upper(1) + self.digits(2), self.digits(2), 'Pro', 'Mini', name))}"
        return self._same(make)

    def _title(self, spec, language, form) -> Value:
        def make() -> str:
            if language == "zh":
                if self.chance(0.25):
                    return self.han_name()
                return self.pick((self.zh_word() + self.zh_word(), self.zh_word() + "的" + self.zh_word(), self.han(self.rng.randint(2, 5)), self.zh_word() + "与" + self.zh_word()))
            words = [capital(self.en_word()) for _ in range(self.rng.randint(1, 3))]
            return self.pick((" ".join(words), "The " + " ".join(words), words[0] + " of " + words[-1], words[0] + " and the " + capital(self.en_word())))
        return self._same(make)

    def _topic(self, spec, language, form) -> Value:
        return self._same(lambda: self.pair("topics", language) if self.chance(0.3) else self.some_words(language, self.rng.randint(1, 3 if language == "en" else 2)))

    def _note(self, spec, language, form) -> Value:
        def make() -> str:
            template = self.pick(lexicon.toml("notes.toml")[language])
            return self.fill(template, language)
        return self._same(make)

    def fill(self, template: str, language: str) -> str:
        """Replaces {kind} or {kind:min:max} by drawn values; for sentences whose values nobody needs to know."""
        out, rest = [], template
        while "{" in rest:
            before, _, rest = rest.partition("{")
            name, _, rest = rest.partition("}")
            out += [before, self.draw(parse_kind(name), language, "text").text]
        return "".join(out) + rest

    # --- identifiers

    def _id(self, spec, language, form) -> Value:
        if form == "integer":
            text = self.fresh(lambda: str(self.rng.randint(1, 9)) + self.digits(self.rng.randint(2, 6)))
            return Value(int(text), text)
        return self._same(self._code_text)

    def _code_text(self) -> str:
        chance = self.rng.random()
        if chance < 0.2:
            return self.digits(self.rng.randint(3, 9))
        if chance < 0.4:
            return self.upper(self.rng.randint(1, 3)) + self.digits(self.rng.randint(2, 6))
        if chance < 0.6:
            return f"{self.upper(self.rng.randint(2, 4))}-{self.digits(self.rng.randint(2, 6))}"
        if chance < 0.7:
            return f"{self.upper(2)}-{self.digits(4)}-{self.digits(self.rng.randint(2, 4))}"
        if chance < 0.8:
            return "".join(self.pick(LOWER + DIGITS) for _ in range(self.rng.randint(4, 10)))
        if chance < 0.88:
            return f"{self.en_word()[:4].upper()}_{self.digits(3)}"
        if chance < 0.94:
            return f"{self.en_word().lower()}-{self.digits(self.rng.randint(1, 3))}"
        return "".join(self.pick("0123456789abcdef") for _ in range(8))

    def _email(self, spec, language, form) -> Value:
        def make() -> str:
            first, last = self.pick(self.words["given_names"]).lower(), self.pick(self.words["surnames"]).lower()
            user = self.pick((first, f"{first}.{last}", first[0] + last, self.pseudo().lower(), self.en_word().lower(), f"{first}_{self.digits(2)}"))
            host = self.pick((self.en_word().lower(), self.pseudo().lower(), "example", "mail", f"{self.en_word().lower()}-{self.en_word().lower()}"))
            return f"{user}@{host}.{self.pick(self.words['top_level_domains'])}"
        return self._same(make)

    def _phone(self, spec, language, form) -> Value:
        def make() -> str:
            if language == "zh":
                return "1" + self.pick("3456789") + self.digits(9) if self.chance(0.8) else f"0{self.digits(2)}-{self.digits(8)}"
            return self.pick((f"+{self.rng.randint(1, 99)} {self.digits(3)} {self.digits(6)}", f"{self.digits(3)}-{self.digits(4)}", f"0{self.digits(3)} {self.digits(6)}", f"({self.digits(3)}) {self.digits(3)}-{self.digits(4)}", self.digits(10)))
        return self._same(make)

    def _url(self, spec, language, form) -> Value:
        def make() -> str:
            path = "".join("/" + self.en_word().lower() for _ in range(self.rng.randint(0, 2)))
            return f"{self.pick(('https://', 'https://', 'http://', 'https://www.'))}{self.pseudo().lower()}.{self.pick(self.words['top_level_domains'])}{path}"
        return self._same(make)

    def _file(self, spec, language, form) -> Value:
        def make() -> str:
            folder = "".join(self.en_word().lower() + "/" for _ in range(self.pick((0, 0, 0, 1, 1, 2))))
            root = self.pick(("", "", "/", "./")) if folder else ""
            name = self.zh_word() if language == "zh" and self.chance(0.3) else self.pick((self.en_word().lower(), f"{self.en_word().lower()}_{self.digits(self.pick((1, 2, 4)))}", self.pseudo().lower()))
            return f"{root}{folder}{name}.{self.pick(self.words['file_extensions'])}"
        return self._same(make)

    def _code(self, spec, language, form) -> Value:
        def make() -> str:
            first, second = self.en_word().lower(), self.en_word().lower()
            return self.pick((f"{first}_{second}", first + capital(second), capital(first) + capital(second), f"{first}-{second}", first, f"{first}.{second}"))
        return self._same(make)

    def _word(self, spec, language, form) -> Value:
        return self._same(lambda: self.zh_word() if language == "zh" and self.chance(0.8) else self.en_word().lower())

    def _label(self, spec, language, form) -> Value:
        """What stands on a door or a switch; too few to be split."""
        chance = self.rng.random()
        if chance < 0.3:
            text = self.upper(1)
        elif chance < 0.5:
            text = self.pick((f"{self.upper(1)}{self.rng.randint(1, 30)}", f"{self.rng.randint(1, 9)}{self.upper(1)}", f"{self.upper(1)}-{self.rng.randint(1, 30)}"))
        elif chance < 0.75:
            text = str(self.rng.randint(1, 40))
        elif language == "zh":
            text = self.pick("东南西北甲乙丙丁上下左右前后")
        else:
            text = self.pick("north south east west left right upper lower front back main alpha beta gamma".split())
        return Value(text, text)

    def _symbol(self, spec, language, form) -> Value:
        return self._same(lambda: self.upper(self.rng.randint(2, 5)) if self.chance(0.85) else self.digits(6))

    # --- everyday classes: from lists, widened so that both sides of the split have enough

    def _listed(self, key: str, language: str) -> Value:
        def make() -> str:
            name = self.pair(key, language)
            if self.chance(0.65):
                return name
            if language == "zh":
                return self.han_name(2, 5) if self.chance(0.3) else self.zh_word() + name
            return f"{self.en_word().lower()} {name}"
        return self._same(make)

    def _food(self, spec, language, form) -> Value:
        return self._listed("foods", language)

    def _animal(self, spec, language, form) -> Value:
        return self._listed("animals", language)

    def _plant(self, spec, language, form) -> Value:
        return self._listed("plants", language)

    def _sport(self, spec, language, form) -> Value:
        return self._listed("sports", language)

    def _color(self, spec, language, form) -> Value:
        text = self.pair("colors", language)
        return Value(text, text)

    # --- closed classes with a code

    def _coded(self, key: str, language: str, code_index: int, form: str | None) -> Value:
        entry = self.pick(self.words[key])
        name = entry[1] if language == "zh" else entry[0]
        return Value(entry[code_index] if form == "code" else name, name)

    def _currency(self, spec, language, form) -> Value:
        code, english, chinese, short = self.pick(self.words["currencies"])
        if form == "text":
            return Value(code, code)
        unique = {"USD": "dollars", "JPY": "yen", "GBP": "pounds", "EUR": "euros"}
        surfaces = [code, chinese] if language == "zh" else [code, english, unique.get(code, english)]
        return Value(code, self.pick(surfaces))

    def _language(self, spec, language, form) -> Value:
        return self._coded("languages", language, 2, form)

    def _country_code(self, spec, language, form) -> Value:
        english, chinese, code = self.pick(self.words["countries"])
        name = chinese if language == "zh" else english
        return Value(code, code if form == "text" or self.chance(0.3) else name)

    # --- numbers

    def _int(self, spec, language, form) -> Value:
        low, high = int(spec.get("min", 1)), int(spec.get("max", 100))
        value = self._whole(low, high) if high >= 200 and self.chance(0.3) else self.rng.randint(low, high)
        return Value(value, str(value) if form == "text" else self._number_text(value, language))

    def _number(self, spec, language, form) -> Value:
        decimals = int(spec.get("decimals", 2))
        low, high = float(spec.get("min", 0)), float(spec.get("max", 1000))
        value = self._whole(int(low), int(high)) if high >= 100 and self.chance(0.3) else round(self.rng.uniform(low, high), self.rng.randint(0, decimals))
        if decimals and value < 20 and low <= int(value) + 0.5 <= high and self.chance(0.12):
            value = int(value) + 0.5
        value = int(value) if value == int(value) else value
        if form == "text":
            return Value(value, str(value))
        return Value(value, self._number_text(value, language) if isinstance(value, int) else self._half_text(value, language))

    def _whole(self, low: int, high: int) -> int:
        """A number as people like them: round, where there is one between the bounds."""
        value = self.rng.randint(low, high)
        size = 10 ** max(0, len(str(abs(value))) - self.pick((1, 1, 2)))
        rounded = value // size * size
        return rounded if low <= rounded <= high else value

    def _half_text(self, value: float, language: str) -> str:
        whole = int(value)
        if value - whole != 0.5 or not 0 < whole < 20 or self.chance(0.5):
            return str(value)
        if language == "zh":
            return f"{numerals.chinese(whole)}点五"
        return self.pick((f"{numerals.english(whole)} and a half", f"{numerals.english(whole)} point five", f"{whole} 1/2"))

    def _number_text(self, value: int, language: str) -> str:
        if 0 <= value <= 99 and self.chance(0.22):
            return numerals.chinese(value, counting=True) if language == "zh" else numerals.english(value)
        if 100 <= value < 100_000_000 and self.chance(0.45 if numerals.is_round(value) else 0.06):
            if language == "zh":
                return numerals.chinese(value, counting=self.chance(0.6))
            others = numerals.spoken_english(value)
            return self.pick(others) if others and self.chance(0.4) else numerals.english(value)
        if value >= 1000:
            chance = self.rng.random()
            if language == "zh" and value % 1000 == 0 and chance < 0.4:
                return f"{value // 10000}万" if value % 10000 == 0 else f"{value // 1000}千" if value < 10000 else f"{value / 10000:g}万"
            if language == "en" and chance < 0.25:
                return f"{value:,}"
            if language == "en" and value % 1000 == 0 and chance < 0.45:
                return self.pick((f"{value // 1000}k", f"{value // 1000} thousand"))
        return str(value)

    def _money(self, spec, language, form) -> Value:
        low, high = float(spec.get("min", 1)), float(spec.get("max", self.pick((50, 500, 5000))))
        value = self._whole(int(low), int(high)) if high >= 100 and self.chance(0.4) else round(self.rng.uniform(low, high), self.pick((0, 0, 0, 1, 2)))
        value = int(value) if value == int(value) else value
        if form == "text":
            text = self.pick((f"${value:.2f}", f"€{value:.2f}", f"{value:.2f} USD", f"£{value:.2f}", f"{value:.2f} EUR")) if language == "en" else self.pick((f"{value}元", f"¥{value:.2f}", f"{value:.2f}元", f"{value:.2f} CNY"))
            return Value(text, text)
        if language == "zh":
            surfaces = [str(value), f"{value}元", f"{value}块", f"{value}块钱", f"¥{value}"]
            if isinstance(value, int) and value <= 99:
                surfaces.append(numerals.chinese(value, counting=True) + "块")
            if isinstance(value, int) and value >= 100 and numerals.is_round(value):
                surfaces += [numerals.chinese(value, counting=self.chance(0.6)) + self.pick(("元", "块", "块钱")), numerals.chinese(value, counting=True)]
                spoken = numerals.spoken_chinese(value)
                surfaces += [spoken] if spoken else []
                surfaces += [f"{value / 10_000:g}万"] if value >= 10_000 else []
        else:
            surfaces = [str(value), f"${value}", f"{value} dollars", f"€{value}", f"{value} euros", f"£{value}", f"{value} USD"]
            if isinstance(value, int) and value <= 99:
                surfaces.append(numerals.english(value) + " dollars")
            if isinstance(value, int) and value >= 100 and numerals.is_round(value):
                surfaces += [f"{numerals.english(value)} dollars", f"{self.pick([*numerals.spoken_english(value), numerals.english(value)])} euros"]
            if value >= 1000:
                surfaces.append(f"${value:,}")
        return Value(value, self.pick(surfaces))

    def _percent(self, spec, language, form) -> Value:
        value = self.rng.randint(int(spec.get("min", 1)), int(spec.get("max", 100)))
        if form == "text":
            return Value(f"{value}%", f"{value}%")
        surfaces = [f"{value}%", f"{value}%", f"百分之{numerals.chinese(value)}"] if language == "zh" else [f"{value}%", f"{value}%", f"{value} percent", f"{numerals.english(value)} percent"]
        return Value(value, self.pick(surfaces))

    # --- time

    def _any_date(self) -> datetime.date:
        base = self.today or datetime.date(2026, 6, 15)
        return base + datetime.timedelta(days=self.rng.randint(-200, 500) if self.chance(0.85) else self.rng.randint(-3000, 1500))

    def _date(self, spec, language, form) -> Value:
        relative = self._relative_date(language) if self.today and form not in ("text", "words") and self.chance(0.25) else None
        day, text = relative or (self._any_date(), None)
        if form == "text":
            return Value(day.isoformat(), day.isoformat())
        if form == "words" and self.chance(0.5):
            text = self.pick(("tomorrow", "next Monday", "today", "Friday", "next week", "the 3rd of May") if language == "en" else ("明天", "下周一", "今天", "周五", "下个月1号", "后天"))
        if text is None:
            text = self._date_text(day, language)
        return Value(text if form == "words" else format_date(day, form), text)

    def _relative_date(self, language: str) -> tuple[datetime.date, str]:
        offset = self.pick((-1, 0, 0, 1, 1, 1, 2))
        names = {-1: "yesterday", 0: "today", 1: "tomorrow", 2: "the day after tomorrow"} if language == "en" else {-1: "昨天", 0: "今天", 1: "明天", 2: "后天"}
        day = self.today + datetime.timedelta(days=offset)
        if self.chance(0.15):
            count = self.pick((3, 4, 5, 7, 10, 14))
            weeks = {7: (("a week from today", "a week from now"), ("一周后", "一个星期后")), 14: (("two weeks from today", "a fortnight from now"), ("两周后", "两个星期后"))}.get(count, ((), ()))
            if language == "en":
                text = self.pick((f"{count} days from now", f"{count} days from today", f"{numerals.english(count)} days from now", *weeks[0]))
            else:
                text = self.pick((f"{count}天后", f"{numerals.chinese(count, True)}天后", f"{count}天以后", *weeks[1]))
            return self.today + datetime.timedelta(days=count), text
        if self.chance(0.25):
            day = self.today.replace(month=self.rng.randint(1, 12), day=self.rng.randint(1, 28))
            text = f"{day.month}月{day.day}{self.pick('日号')}" if language == "zh" else self.pick((f"{MONTHS[day.month - 1]} {day.day}", f"{day.day} {MONTHS[day.month - 1]}"))
            return day, text
        return day, names[offset]

    def _date_text(self, day: datetime.date, language: str) -> str:
        year, month, number = day.year, day.month, day.day
        if language == "zh":
            surfaces = [day.isoformat(), f"{year}年{month}月{number}日", f"{year}年{month}月{number}号", f"{year}年{month}月{number}日", f"{year}/{month:02d}/{number:02d}", f"{year}.{month}.{number}", f"{year}年{numerals.chinese(month)}月{numerals.chinese(number)}号"]
        else:
            name = MONTHS[month - 1]
            surfaces = [day.isoformat(), f"{name} {number}, {year}", f"{name} {number} {year}", f"{number} {name} {year}", f"{name[:3]} {number}, {year}", f"{year}/{month:02d}/{number:02d}", f"{numerals.ordinal(number)} {name} {year}", f"{name} {numerals.ordinal(number)}, {year}", f"the {numerals.ordinal(number)} of {name} {year}"]
        return self.pick(surfaces)

    def _any_time(self) -> tuple[int, int]:
        return self.pick((self.rng.randint(0, 23), self.rng.randint(7, 21))), self.pick((0, 0, 0, 30, 15, 45, self.rng.randint(0, 59)))

    def _time(self, spec, language, form) -> Value:
        hour, minute = self._any_time()
        clock = f"{hour:02d}:{minute:02d}"
        text = clock if form == "text" or self.chance(0.25) else self._time_text(hour, minute, language)
        return Value(text if form == "words" else clock, text)

    def _time_text(self, hour: int, minute: int, language: str) -> str:
        twelve = hour % 12 or 12
        if language == "zh":
            part = "凌晨" if hour < 6 else "早上" if hour < 9 else "上午" if hour < 12 else "中午" if hour < 13 else "下午" if hour < 18 else "晚上"
            number = str(twelve if hour else 0) if self.chance(0.55) else ("零" if hour == 0 else numerals.chinese(twelve, counting=True))
            tail = "" if minute == 0 else "半" if minute == 30 else "一刻" if minute == 15 and self.chance(0.5) else f"{minute}分"
            return f"{part}{number}点{tail}"
        if minute == 0 and hour == 12:
            return self.pick(("noon", "12 pm", "12:00"))
        half = "am" if hour < 12 else "pm"
        part = "in the morning" if hour < 12 else "in the afternoon" if hour < 18 else "in the evening"
        if minute == 0:
            return self.pick((f"{twelve} {half}", f"{twelve}{half}", f"{twelve} {part}", f"{numerals.english(twelve)} {part}", f"{twelve}:00 {half}"))
        surfaces = [f"{twelve}:{minute:02d} {half}", f"{twelve}:{minute:02d}{half}", f"{twelve}.{minute:02d} {half}"]
        if minute == 30:
            surfaces.append(f"half past {numerals.english(twelve)} {part}")
        if minute == 15:
            surfaces.append(f"quarter past {numerals.english(twelve)} {part}")
        return self.pick(surfaces)

    def _datetime(self, spec, language, form) -> Value:
        day = self._date({}, language, "text" if form == "text" else "iso")
        hour, minute = self._any_time()
        clock = f"{hour:02d}:{minute:02d}"
        if form == "text":
            return Value(f"{day.json} {clock}", f"{day.json} {clock}")
        time = clock if self.chance(0.35) else self._time_text(hour, minute, language)
        if language == "zh":
            text = day.text + ("" if not time[0].isdigit() else " ") + time
        else:
            text = f"{day.text}{self.pick((' at ', ' at ', ', ', ' '))}{time}"
        return Value(f"{day.json}T{clock}:00" if form == "iso" else f"{day.json} {clock}", text)

    def _duration(self, spec, language, form) -> Value:
        minutes = self.pick((5, 10, 15, 20, 25, 30, 40, 45, 60, 90, 120, 180, 240, self.rng.randint(2, 59)))
        if language == "zh":
            surfaces = [f"{minutes}分钟"] if minutes % 60 else [f"{minutes}分钟", f"{minutes // 60}小时", f"{numerals.chinese(minutes // 60, counting=True)}个小时", f"{minutes // 60}个钟头"]
            surfaces += {90: ["一个半小时"], 30: ["半小时", "半个小时"], 15: ["一刻钟"]}.get(minutes, [])
        else:
            hours = minutes // 60
            surfaces = [f"{minutes} minutes", f"{minutes} min"] if minutes % 60 else [f"{minutes} minutes", f"{hours} hour" + "s" * (hours > 1), f"{numerals.english(hours)} hour" + "s" * (hours > 1)]
            surfaces += {90: ["an hour and a half", "1.5 hours"], 30: ["half an hour"], 60: ["an hour"], 15: ["a quarter of an hour"]}.get(minutes, [])
            if minutes < 60:
                surfaces.append(f"{numerals.english(minutes)} minutes")
        text = surfaces[0] if form == "text" else self.pick(surfaces)
        return Value({"minutes": minutes, "seconds": minutes * 60}.get(form, text), text)

    def _weekday(self, spec, language, form) -> Value:
        number = self.rng.randrange(7)
        english = WEEKDAYS[number]
        text = (self.pick(("周", "星期", "礼拜")) + WEEKDAYS_ZH[number]) if language == "zh" else english
        return Value(english.lower() if form == "english" else text, text)

    def _month(self, spec, language, form) -> Value:
        number = self.rng.randint(1, 12)
        text = (f"{number}月" if self.chance(0.7) else f"{numerals.chinese(number)}月") if language == "zh" else MONTHS[number - 1]
        return Value(number if form == "number" else text, text)

    def _year(self, spec, language, form) -> Value:
        value = self.rng.randint(int(spec.get("min", 1990)), int(spec.get("max", 2030)))
        return Value(value, f"{value}年" if language == "zh" and form != "text" else str(value))

    # --- choices and structures

    def _choice(self, spec, language) -> Value:
        entry = self.pick(spec["values"])
        return Value(entry["value"], self.pick(entry[language]))

    def _enum(self, spec, language, form) -> Value:
        return self._choice(spec, language)

    def _bool(self, spec, language, form) -> Value:
        if "values" not in spec:
            value = self.chance(0.5)
            return Value(value, str(value).lower())
        return self._choice(spec, language)

    def _list(self, spec, language, form) -> Value:
        item = spec["of"]
        item = {"kind": item} if isinstance(item, str) else item
        item = {**{key: spec[key] for key in ("values", "decimals") if key in spec}, **item}
        count = self.rng.randint(int(spec.get("min", 1)), int(spec.get("max", 3)))
        drawn: list[Value] = []
        for _ in range(count * 4):
            value = self.draw(item, language, form)
            if len(drawn) < count and all(value.json != other.json for other in drawn):
                drawn.append(value)
        return Value([value.json for value in drawn], join([value.text for value in drawn], language, self.rng))


    def _rows(self, spec, language, form) -> Value:
        """Objects of a thing and a number."""
        things: list[Value] = []
        wanted = self.pick((1, 2, 2, 3))
        for _ in range(12):
            value = self.draw({"kind": spec["of"]}, language)
            if len(things) < wanted and value.json not in [other.json for other in things]:
                things.append(value)
        counts = [self.rng.randint(1, 40) for _ in things]
        unit = {"food": "份", "id": "件"}.get(spec["of"], "个")
        if language == "zh":
            shape = self.pick(("{count}{unit}{thing}", "{thing}{count}{unit}", "{thing} {count}{unit}"))
        else:
            shape = self.pick(("{count} x {thing}", "{count} of {thing}", "{thing} ({count})", "{count} times {thing}"))
        if language == "zh" and any(thing.text[-1:].isascii() or thing.text[:1].isascii() for thing in things):
            # A digit of the one must not run into the other.
            shape = "{count}{unit} {thing}"
        if self.chance(0.25):
            counts, texts = zip(*(self._worded_row(thing.text, language, unit) for thing in things))
        else:
            texts = tuple(shape.format(count=count, thing=thing.text, unit=unit) for thing, count in zip(things, counts))
        return Value([{spec["thing"]: thing.json, spec["count"]: count} for thing, count in zip(things, counts)], join(list(texts), language, self.rng))

    def _worded_row(self, thing: str, language: str, unit: str) -> tuple[int, str]:
        """A number of things whose number is a word: 两打, 俩, a dozen, half a dozen, a pair."""
        if language == "zh":
            gap = " " if thing[:1].isascii() else ""
            count, words = self.pick(((12, "一打"), (24, "两打"), (6, "半打"), (2, "俩"), (3, "仨"), (2, f"两{unit}"), (10, f"十{unit}"), (100, f"一百{unit}"), (15, f"十五{unit}")))
            return count, f"{words}{gap}{thing}"
        count, words = self.pick(((12, "a dozen"), (24, "two dozen"), (6, "half a dozen"), (2, "a pair of"), (2, "two"), (1, "one"), (36, "three dozen"), (100, "a hundred"), (15, "fifteen"), (40, "forty")))
        return count, f"{words} {thing}"


def join(texts: list[str], language: str, rng: random.Random) -> str:
    """A list as a person writes it."""
    if len(texts) == 1:
        return texts[0]
    if language == "zh":
        return "、".join(texts[:-1]) + rng.choice(("、", "和", "和", "以及")) + texts[-1]
    return ", ".join(texts[:-1]) + rng.choice((" and ", " and ", ", and " if len(texts) > 2 else " and ")) + texts[-1]


def format_date(day: datetime.date, form: str | None) -> str:
    patterns = {"dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y", "slashes": "%Y/%m/%d", "compact": "%Y%m%d"}
    return day.strftime(patterns[form]) if form in patterns else day.isoformat()


def parse_kind(text: str) -> dict:
    """`int:1:9` -> {"kind": "int", "min": 1, "max": 9}; also number:min:max:decimals and enum:a|b|c."""
    name, *options = text.split(":")
    spec: dict = {"kind": name}
    if name == "enum":
        spec["values"] = [{"value": option, "en": [option], "zh": [option]} for option in options[0].split("|")]
    elif name == "list" and options:
        spec["of"] = options[0]
        spec.update(zip(("min", "max"), (int(option) for option in options[1:])))
    elif name == "number":
        spec.update(zip(("min", "max", "decimals"), (float(option) for option in options)))
    elif options:
        spec.update(zip(("min", "max"), (float(option) for option in options)))
    return spec
