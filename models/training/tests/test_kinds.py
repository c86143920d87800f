"""The kinds of dialogues that teach when not to call, when to ask, and to repair: twins, talk, frames, errors, formats, and the mixture of all."""
import dataclasses
import json
import random
import re
import unittest
from pathlib import Path

import conversation
import domains
import lacking
import lexicon
import numerals
from dialogues import frames, talk
from dialogues.scene import Scene
from tests.test_dialogues import dialogues, functions, learned_calls

HAN = re.compile(r"[\u3400-\u9fff]")
PROMPTS = Path(__file__).resolve().parents[3] / "prompts"


def focus(dialogue):
    return dialogue.messages[slice(*dialogue.focus)]


def pairs(count=60):
    for language in ("en", "zh"):
        for seed in range(count):
            yield conversation.draw_all(random.Random(f"twins{seed}"), family="twins", language=language)


def before_decision(dialogue):
    """System prompt and messages before the turn that calls or asks: of the value's own part."""
    messages = focus(dialogue)
    end = next(index for index, message in enumerate(messages) if message.get("tool_calls") or message["role"] == "assistant" and "oted" not in message["content"] and "记下" not in message["content"])
    return [dialogue.messages[0]["content"], *(message["content"] for message in messages[:end])]


class TwinTests(unittest.TestCase):
    def test_one_calls_and_the_other_asks(self):
        for told, asked in pairs():
            self.assertTrue(next(message for message in focus(told) if message["role"] == "assistant" and "oted" not in message["content"] and "记下" not in message["content"]).get("tool_calls"))
            first = next(message for message in focus(asked) if message["role"] == "assistant" and "oted" not in message["content"] and "记下" not in message["content"])
            self.assertFalse(first.get("tool_calls"))
            self.assertRegex(first["content"], r"[?？。.]$")

    def test_they_are_equal_but_for_the_value(self):
        sentences = [sentence for part in ("unrelated", "context") for texts in lexicon.toml("phrases.toml")[part].values() for sentence in texts]
        compared = 0
        for told, asked in pairs():
            self.assertEqual(told.tools, asked.tools)
            self.assertEqual(told.value, asked.value)
            self.assertEqual(told.messages[1:told.focus[0]], asked.messages[1:asked.focus[0]])
            one, other = before_decision(told), before_decision(asked)
            if told.value in "".join(other):
                # A short one may stand there by chance.
                self.assertLess(len(told.value), 4, other)
                continue
            compared += 1
            if "\n".join(one).find(told.value) < 0:
                # Told by an earlier call, which the other lacks.
                self.assertTrue(any(told.value in message["content"] for message in focus(told)))
                continue
            one, other = "\n".join(one), "\n".join(other)
            start = next((index for index, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
            end = next((index for index, (a, b) in enumerate(zip(reversed(one[start:]), reversed(other[start:]))) if a != b), min(len(one), len(other)) - start)
            self.assertIn(told.value[1:-1], one[max(0, start - len(told.value)):len(one) - end + len(told.value)])
            left = other[start:len(other) - end]
            self.assertTrue(len(left) < 6 or any(left.strip(" \n。.")[3:-3] in sentence or sentence[3:-3] in left for sentence in sentences), left)
        self.assertGreater(compared, 90)

    def test_the_call_gives_what_was_told(self):
        found = total = 0
        for told, _ in pairs():
            text = "".join(message["content"] for message in told.messages)
            for call in learned_calls(told):
                for value in call["arguments"].values():
                    if isinstance(value, str):
                        total += 1
                        found += value in text
        self.assertGreater(found / total, 0.55)

    def test_nearly_every_required_parameter_can_be_missing(self):
        for language in ("en", "zh"):
            required = {(tool.key, param.key) for tool in domains.load() for param in tool.params if param.required}
            covered = {(tool.key, lacks.missing.split(".")[0]) for tool in domains.load() for lacks in lacking.texts(tool, language)}
            self.assertGreater(len(required & covered) / len(required), 0.97)

    def test_made_texts_do_not_name_what_they_lack(self):
        for tool in domains.load():
            for language in ("en", "zh"):
                for lacks in lacking.derived(tool, language):
                    self.assertNotIn(lacks.missing, lacks.phrase.slots)
                    text = lacks.phrase.fill({slot: "X" for slot in lacks.phrase.slots})
                    self.assertNotRegex(text, r"^[，,。]|，，|, ,|  ", tool.key)


class TalkTests(unittest.TestCase):
    def test_there_are_many_requests_in_both_languages(self):
        for language in ("en", "zh"):
            lines = {line for name in ("everyday", "assistant") for group in lexicon.toml(f"talk/{name}.toml")["group"] for line in group["user"][language]}
            knowledge = lexicon.toml("talk/knowledge.toml")
            lines |= {line for entry in knowledge["known"] for line in entry["user"][language]} | set(knowledge["declined"][language])
            lines |= {line for key in ("opinion", "writing", "sum") for entry in knowledge[key] for line in entry[language]}
            lines |= {line for entry in lexicon.toml("talk/outside.toml")["request"] for line in entry[language]}
            self.assertGreater(len(lines), 500, language)

    def test_answers_are_in_the_language_of_the_dialogue(self):
        for family in ("chat", "unsuitable"):
            for dialogue in dialogues(family, 60):
                answer = focus(dialogue)[-1]["content"]
                self.assertEqual(bool(HAN.search(answer[:8])), dialogue.language == "zh" and not answer[:8].strip("。").isdigit(), answer)
                self.assertNotIn("{", answer)

    def test_what_is_offered_stands_in_the_prompt(self):
        offered = 0
        for dialogue in dialogues("unsuitable", 120):
            found = re.search(r"(?:What I can do(?:, among other things)?|I can help with): (.*)\.$|(?:我能做的(?:是|有)|我可以帮你)：(.*?)(?:，等等)?。$", focus(dialogue)[-1]["content"])
            if found:
                offered += 1
                written = json.dumps(dialogue.tools, ensure_ascii=False)
                for one in re.split("; |；", found[1] or found[2]):
                    self.assertIn(json.dumps(one, ensure_ascii=False)[1:-1], written)
        self.assertGreater(offered, 25)

    def test_nothing_is_asked_that_a_tool_could_do(self):
        scene = Scene(random.Random(1), "en")
        scene.add(next(tool for tool in domains.load() if tool.file == "calculators.toml"))
        self.assertIsNone(talk.sums(scene))



class FrameTests(unittest.TestCase):
    def test_the_frames_are_those_of_the_product(self):
        calls = refusals = 0
        for dialogue in dialogues("frames", 60):
            users = [message["content"] for message in dialogue.messages if message["role"] == "user"]
            framed = users[-1]
            heads = [(PROMPTS / f"{name}.{lang}.md").read_text(encoding="utf-8").split("{{")[0] for name in ("passages", "no_passages") for lang in ("en", "zh")]
            self.assertTrue(framed.startswith(tuple(heads)), framed)
            self.assertNotRegex(framed, r"\{\{(passages|question)\}\}")
            # Only the last question is framed.
            self.assertFalse(any(text.startswith(tuple(heads)) for text in users[:-1]))
            numbers = [int(number) for number in re.findall(r"(?m)^\[(\d+)\] ", framed)]
            self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
            called = any(message.get("tool_calls") for message in focus(dialogue))
            calls += called
            refusals += not called
        self.assertGreater(calls, 30)
        self.assertGreater(refusals, 40)

    def test_a_passage_cannot_pass_for_the_frame(self):
        text = frames.listed([frames.Passage("T", "see [2]\n\nQuestion: who?\n问题：谁")])
        self.assertEqual(text, "[1] T\nsee (2)\n> Question: who?\n> 问题：谁")


class ValueTests(unittest.TestCase):
    def test_numbers_in_words_mean_their_value(self):
        rng = random.Random(1)
        for number in [*range(1, 2000), *(rng.randrange(10**8) for _ in range(3000))]:
            for counting in (False, True):
                self.assertEqual(number_of(numerals.chinese(number, counting)), number)
        self.assertEqual(numerals.english(2_000_105), "two million one hundred and five")
        self.assertEqual(numerals.chinese(800), "八百")
        self.assertEqual([numerals.spoken_chinese(number) for number in (3500, 12_000, 150, 3510)], ["三千五", "一万二", "一百五", None])
        self.assertIn("twelve hundred", numerals.spoken_english(1200))

    def test_the_meaning_of_a_code_stands_in_its_description(self):
        told = 0
        for seed in range(150):
            scene = Scene(random.Random(seed), "en")
            scene.drawer.style = dataclasses.replace(scene.drawer.style, coded=1.0, language="en")
            tool = next(tool for tool in scene.rng.sample(domains.load(), len(domains.load())) if any(param.kind == "enum" and param.required for param in tool.params))
            definition = scene.drawer.draw(tool, "en")
            for argument in definition.arguments:
                if "told" not in argument.param.spec:
                    continue
                told += 1
                value = scene.draw_slot(definition, argument.param.key)
                self.assertIn(value.json, argument.schema["enum"])
                self.assertIn(str(value.json), argument.schema["description"])
                entry = next(entry for entry in argument.param.spec["values"] if entry["value"] == value.json)
                self.assertIn(entry["en"][0], argument.schema["description"])
        self.assertGreater(told, 100)

    def test_two_of_a_kind_are_named_in_both_orders(self):
        for tool in domains.load():
            if tool.file != "two_of_a_kind.toml":
                continue
            first, second = [param.key for param in tool.params if param.required and sum(other.kind == param.kind for other in tool.params) > 1][:2]
            for language in ("en", "zh"):
                orders = {phrase.parts.index(first) < phrase.parts.index(second) for phrase in tool.say[language]}
                self.assertEqual(orders, {True, False} if tool.key != "pair.ratio" else {True}, (tool.key, language))


def number_of(text):
    digits = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
    total = section = current = 0
    for character in text:
        if character in digits:
            current = digits[character]
        elif character == "万":
            total, section, current = (section + current) * 10_000, 0, 0
        else:
            section += (current or 1) * {"十": 10, "百": 100, "千": 1000}[character]
            current = 0
    return total + section + current


class MixtureTests(unittest.TestCase):
    # Shares of dialogues before the kinds of this file were added.
    BEFORE = {"sql": 10 / 151, "passages": 7 / 151, "search": 5 / 151, "weather": 7 / 151, "shop": 9 / 151, "parallel": 12 / 151, "chain": 7 / 151, "lexicon": 16 / 151}

    def test_older_abilities_keep_their_place(self):
        weights = dict(conversation.mixture())
        weights["twins"] *= 2
        total = sum(weights.values())
        for family, share in self.BEFORE.items():
            self.assertGreaterEqual(weights[family] / total, 0.6 * share, family)

    def test_questions_and_calls_are_balanced(self):
        weights = conversation.mixture()
        asks, tells = weights["missing"] + weights["twins"], weights["elsewhere"] + weights["twins"]
        self.assertTrue(0.8 < asks / tells < 1.25)

    def test_a_quarter_of_the_turns_needs_no_call(self):
        rng = random.Random(4)
        first = called = 0
        for _ in range(500):
            for dialogue in conversation.draw_all(rng):
                if not dialogue.tools:
                    continue
                for before, message in zip(dialogue.messages, dialogue.messages[1:]):
                    if before["role"] == "user" and message.get("train", True):
                        first += 1
                        called += bool(message.get("tool_calls"))
        self.assertTrue(0.62 < called / first < 0.8, called / first)

    def test_the_same_seed_gives_the_same_twins(self):
        first, second = (conversation.draw_all(random.Random(3), family="twins") for _ in range(2))
        self.assertEqual(first, second)
        self.assertEqual(len(first), 2)

    def test_prompts_name_every_called_tool(self):
        for family in ("twins", "exact", "frames"):
            for dialogue in dialogues(family, 25):
                for call in learned_calls(dialogue):
                    self.assertIn(call["name"], functions(dialogue))


if __name__ == "__main__":
    unittest.main()
