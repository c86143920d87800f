"""Numbers in words, from zero to below a hundred million, and the ways in which people round them."""
from __future__ import annotations

_ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
         "eighteen nineteen").split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_HAN = "零一二三四五六七八九"
_PLACES = ((1000, "千"), (100, "百"), (10, "十"), (1, ""))


def english(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return f"{_ONES[hundreds]} hundred" + (f" and {english(rest)}" if rest else "")
    size, word = (1_000_000, "million") if number >= 1_000_000 else (1000, "thousand")
    whole, rest = divmod(number, size)
    return f"{english(whole)} {word}" + (f"{' and' if rest < 100 else ''} {english(rest)}" if rest else "")


def chinese(number: int, counting: bool = False) -> str:
    """counting: 2 is 两, alone as before a measure word, and in front of 百, 千 and 万."""
    two = "两" if counting else "二"
    if number == 2:
        return two
    if number >= 10_000:
        whole, rest = divmod(number, 10_000)
        zero = "零" if 0 < rest < 1000 else ""
        return f"{chinese(whole, counting)}万{zero}" + (_below(rest, two) if rest else "")
    text = _below(number, two)
    return text[1:] if text.startswith("一十") else text


def _below(number: int, two: str) -> str:
    """A number below 10,000 as it stands behind 万."""
    if not number:
        return "零"
    out, gap = "", False
    for size, place in _PLACES:
        digit, number = divmod(number, size)
        if digit:
            out += ("零" if gap and out else "") + (two if digit == 2 and size >= 100 else _HAN[digit]) + place
        gap = not digit
        if not number:
            break
    return out


def spoken_chinese(number: int) -> str | None:
    """三千五 for 3500, 一万二 for 12000, 一百五 for 150: the last place is left out; None where nobody says it so."""
    for size, place in ((10_000, "万"), (1000, "千"), (100, "百")):
        whole, rest = divmod(number, size)
        if 0 < whole < 10 and rest and rest % (size // 10) == 0:
            return f"{chinese(whole, True)}{place}{_HAN[rest * 10 // size]}"
    return None


def spoken_english(number: int) -> list[str]:
    """Other ways to say a round number: twelve hundred, half a million, 2.5k."""
    out: list[str] = []
    if number in (100, 1000, 1_000_000):
        out.append("a " + english(number).split(" ", 1)[1])
    if 1100 <= number < 10_000 and number % 100 == 0 and number % 1000:
        out.append(f"{english(number // 100)} hundred")
    if number == 500_000:
        out.append("half a million")
    if number == 1_500_000:
        out.append("a million and a half")
    if number >= 1_000_000 and number % 100_000 == 0:
        out.append(f"{number / 1_000_000:g} million")
    elif 1000 <= number < 1_000_000 and number % 100 == 0:
        out += [f"{number / 1000:g}k"] if number < 100_000 or number % 1000 == 0 else []
        out += [f"{number // 1000} thousand"] if number % 1000 == 0 else []
    return out


def is_round(number: int) -> bool:
    """Whether at most two digits differ from zero behind which only zeros follow."""
    return len(str(number).rstrip("0")) <= 2


def ordinal(number: int) -> str:
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
