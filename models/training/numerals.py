"""Numbers in words, 0 to 999."""
from __future__ import annotations

_ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
         "eighteen nineteen").split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_HAN = "零一二三四五六七八九"


def english(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
    hundreds, rest = divmod(number, 100)
    return f"{_ONES[hundreds]} hundred" + (f" and {english(rest)}" if rest else "")


def chinese(number: int, counting: bool = False) -> str:
    """counting: 2 is 两, as before a measure word."""
    if number == 2 and counting:
        return "两"
    if number < 10:
        return _HAN[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return ("" if tens == 1 else _HAN[tens]) + "十" + (_HAN[ones] if ones else "")
    hundreds, rest = divmod(number, 100)
    if not rest:
        return _HAN[hundreds] + "百"
    if rest < 10:
        return f"{_HAN[hundreds]}百零{_HAN[rest]}"
    tens, ones = divmod(rest, 10)
    return f"{_HAN[hundreds]}百{_HAN[tens]}十" + (_HAN[ones] if ones else "")


def ordinal(number: int) -> str:
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
