"""Errors and results: what can be read, what is corrected, and that every format holds the facts."""
import json
import random
import unittest

from dialogues import formats, mending
from dialogues.scene import Scene
from tests.test_dialogues import dialogues


def focus(dialogue):
    return dialogue.messages[slice(*dialogue.focus)]


class ErrorTests(unittest.TestCase):
    def test_results_in_json_can_be_read(self):
        scene = Scene(random.Random(1), "en")
        for _ in range(300):
            content = mending.result(scene, 'a "quoted" text')["content"]
            if content[0] in "{[" and not content.startswith("[E"):
                self.assertIn('a "quoted" text', json.dumps(json.loads(content)).replace('\\"', '"'))

    def test_a_corrected_call_takes_what_the_error_or_the_user_said(self):
        corrected = 0
        for dialogue in dialogues("repair", 120):
            messages = focus(dialogue)
            for index, message in enumerate(messages[:-1]):
                if message.get("train", True) or not message.get("tool_calls") or not messages[index + 2].get("tool_calls"):
                    continue
                corrected += 1
                self.assertNotEqual(message["tool_calls"], messages[index + 2]["tool_calls"])
                self.assertTrue(messages[index + 2].get("train", True))
        self.assertGreater(corrected, 60)

    def test_spelling_is_taken_from_the_error(self):
        found = 0
        for seed in range(400):
            scene = Scene(random.Random(seed), ("en", "zh")[seed % 2])
            definition = scene.add(scene.any_tool())
            if not definition.usable(definition.tool.say[scene.language]):
                continue
            request = scene.request(definition)
            messages = mending.spelling(scene, request)
            if messages is None:
                continue
            found += 1
            first, error, second = messages[1]["tool_calls"][0]["function"]["arguments"], messages[2]["content"], messages[3]["tool_calls"][0]["function"]["arguments"]
            changed = [name for name in first if first[name] != second[name]]
            self.assertEqual(len(changed), 1)
            self.assertIn(first[changed[0]], messages[0]["content"])
            self.assertIn(json.dumps(second[changed[0]], ensure_ascii=False)[1:-1].replace("\\", ""), error.replace("\\", ""))
        self.assertGreater(found, 60)

    def test_nothing_is_executed_for_a_dry_run(self):
        for dialogue in dialogues("repair", 150):
            called = [message["tool_calls"][0]["function"]["arguments"] for message in focus(dialogue) if message.get("tool_calls") and message.get("train", True)]
            for one, other in zip(called, called[1:]):
                lost = [name for name, value in one.items() if value is True and name not in other]
                self.assertEqual(lost, [])


class FormatTests(unittest.TestCase):
    def test_the_facts_stand_in_every_format(self):
        value = {"id": "A-7", "total": 12.5, "ok": True, "city": "罗马"}
        for make in set(formats._ALL):
            for seed in range(20):
                text = make(Scene(random.Random(seed), ("en", "zh")[seed % 2]), value)
                for leaf in ("A-7", "12.5", "true", "罗马"):
                    self.assertIn(leaf, text, make.__name__)

    def test_what_would_break_a_table_is_no_table(self):
        scene = Scene(random.Random(1), "en")
        for value in ({"a": "x, y"}, {"a": "x | y"}, {"a": ["x"]}, {"a": "<x>"}):
            self.assertIsNone(formats._csv(scene, value))
            self.assertIsNone(formats._table(scene, value))
            self.assertIsNone(formats._xml(scene, value))

    def test_many_results_are_not_flat_json(self):
        other = total = 0
        for dialogue in dialogues("single", 60):
            for message in dialogue.messages:
                if message["role"] == "tool":
                    total += 1
                    other += not message["content"].startswith('{"') or "\n" in message["content"]
        self.assertTrue(0.1 < other / total < 0.45, other / total)


if __name__ == "__main__":
    unittest.main()
