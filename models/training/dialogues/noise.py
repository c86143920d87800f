"""How people type: openings, thanks, missing punctuation, lower case, slips. Values are never touched."""
from __future__ import annotations

import random

import lexicon
from domains import Phrase, assemble

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def write(phrase: Phrase, texts: dict[str, str], language: str, rng: random.Random) -> str:
    parts = list(phrase.parts)
    chance = rng.random()
    wrapped = rng.random() < 0.5 and _wrapped(parts, language, rng)
    if chance < 0.5 and not wrapped:
        (_chinese if language == "zh" else _english)(parts, rng)
    if language == "zh" and rng.random() < 0.15:
        texts = {slot: spaced(text) for slot, text in texts.items()}
    written = assemble(parts, texts)
    return surround(written, language, rng).strip()


_VERBS = frozenset("""Show Tell Find Get Give Set Add Check List Put Send Make Book Cancel Change Update Remove Delete Move Start Stop Turn Search Create Reserve Order Open Close Schedule Plan Enter
    Record Save Register Convert Calculate Compare Play Print Share Assign Report Log Copy Pay Transfer Extend Rename Translate Upload Download Export Import Track Block Unblock Lock Unlock Replace Release
    Restart Remind Sign Write Bring Take Keep Pull Note Mark Drop Lower Raise Switch Plan Fetch Hand Call Confirm Approve Reject Archive Merge Split Join Measure Count""".split())
_ZH_VERBS = ("把", "给", "查", "取消", "登记", "列出", "新建", "打开", "打印", "结束", "安排", "停止", "开始", "新增", "添加", "删除", "修改", "设置", "发送", "播放", "导出", "关闭", "搜索", "更新", "提交", "生成",
             "计算", "比较", "翻译", "下载", "上传", "复制", "移动", "锁定", "解锁", "预订")


def _wrapped(parts: list[str], language: str, rng: random.Random) -> bool:
    """A request that begins with a verb goes into a sentence of another kind; False where it does not begin so, or is more than one sentence."""
    text = "".join(parts[::2])
    bare = text.rstrip("。.!！")
    if any(mark in bare for mark in "?？!！。\n") or ". " in bare:
        return False
    wraps = lexicon.toml("phrases.toml")["wrap"]
    if language == "zh":
        if not parts[0].startswith(_ZH_VERBS) or "我" in text or "吧" in text or "吗" in text:
            return False
        own = "，" not in text
    else:
        word = parts[0].split(" ", 1)[0]
        if word not in _VERBS and word.capitalize() not in _VERBS or "please" in text.lower():
            return False
        own = " me " not in f" {text} ".replace(",", " ") and word.lower() not in ("show", "tell", "give", "let")
    options = wraps[language] + (wraps["own"][language] if own else [])
    before, _, after = rng.choice(options).partition("{request}")
    parts[-1] = parts[-1].rstrip("。.!！")
    parts[0] = before + (parts[0][:1].lower() + parts[0][1:] if before else parts[0])
    parts[-1] += after
    return True


def spaced(text: str) -> str:
    return f" {text} " if text.isascii() else text


def surround(text: str, language: str, rng: random.Random) -> str:
    """An opening, a sentence of context or a word of thanks around a request, now and then."""
    phrases = lexicon.toml("phrases.toml")
    chance = rng.random()
    gap = "" if language == "zh" else " "
    if chance < 0.07:
        return rng.choice(phrases["opening"][language]) + (text if language == "zh" else decapital(text))
    if chance < 0.12:
        end = "" if text[-1:] in ".!?。！？" else ("。" if language == "zh" else ".")
        return text + end + gap + rng.choice(phrases["thanks"][language])
    if chance < 0.16:
        return rng.choice(phrases["context"][language]) + gap + text
    if chance < 0.18:
        end = "" if text[-1:] in ".!?。！？" else ("。" if language == "zh" else ".")
        return text + end + gap + rng.choice(phrases["context"][language])
    return text


def decapital(text: str) -> str:
    word = text.split(" ", 1)[0].strip(",.?!")
    plain = word[1:].islower() and word.isalpha() and word in _OPENERS
    return text[:1].lower() + text[1:] if plain else text


_OPENERS = frozenset("Please Can Could Would Will What Where When Who How Is Are Do Does Did Show Tell Find Get Give Set Add Check Look List Put Send Make Book Let Cancel Change Update Remove Delete Move Start Stop Turn".split())


def _english(parts: list[str], rng: random.Random) -> None:
    chance = rng.random()
    if chance < 0.4:
        parts[-1] = parts[-1].rstrip(".?!")
    elif chance < 0.6:
        parts[0] = parts[0][:1].lower() + parts[0][1:] if not parts[0].startswith(("I ", "I'")) else parts[0]
    elif chance < 0.72:
        parts[:] = [part if index % 2 else part.lower() for index, part in enumerate(parts)]
    elif chance < 0.9:
        _slip(parts, rng)
    else:
        parts[-1] = parts[-1].rstrip(".") + rng.choice(("!", " please", " pls", "...", "??"))


def _slip(parts: list[str], rng: random.Random) -> None:
    """One slip of the finger in one longer word of the text."""
    index = rng.choice(range(0, len(parts), 2))
    words = parts[index].split(" ")
    places = [place for place, word in enumerate(words) if len(word) > 3 and word.isalpha() and word.islower()]
    if not places:
        return
    place = rng.choice(places)
    word = words[place]
    at = rng.randrange(1, len(word) - 1)
    words[place] = rng.choice((word[:at] + word[at + 1] + word[at] + word[at + 2:], word[:at] + word[at + 1:], word[:at] + word[at] + word[at:], word[:at] + rng.choice(LETTERS) + word[at + 1:]))
    parts[index] = " ".join(words)


def _chinese(parts: list[str], rng: random.Random) -> None:
    chance = rng.random()
    if chance < 0.5:
        parts[-1] = parts[-1].rstrip("。？！")
    elif chance < 0.65:
        table = str.maketrans("，。？！：", ",.?!:")
        parts[:] = [part if index % 2 else part.translate(table) for index, part in enumerate(parts)]
    elif chance < 0.8:
        parts[:] = [part if index % 2 else part.replace("，", " ").replace("。", " ") for index, part in enumerate(parts)]
        parts[-1] = parts[-1].rstrip()
    else:
        parts[-1] = parts[-1].rstrip("。") + rng.choice(("！", "～", "哈", "……", "吧"))
