"""The held-out suite follows the evaluation format."""
import json
import unittest

import make_suite


class SuiteTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lines, cls.toolsets = make_suite.make(4, "test")

    def test_every_case_has_calls_of_its_tools_or_none(self):
        for line in self.lines:
            names = {tool["function"]["name"] for tool in self.toolsets[line["toolset"]]}
            self.assertEqual(("calls" in line["expect"]) + line["expect"].get("none", False), 1)
            for call in line["expect"].get("calls", ()):
                self.assertIn(call["name"], names)

    def test_ids_are_unique_and_both_languages_occur(self):
        self.assertEqual(len({line["id"] for line in self.lines}), len(self.lines))
        self.assertEqual({line["lang"] for line in self.lines}, {"en", "zh"})

    def test_the_model_is_to_write_the_next_turn(self):
        for line in self.lines:
            self.assertIn(line["messages"][-1]["role"], ("user", "tool"))

    def test_arguments_are_text_and_results_name_their_calls(self):
        for line in self.lines:
            ids = set()
            for message in line["messages"]:
                self.assertNotIn("train", message)
                for call in message.get("tool_calls", ()):
                    json.loads(call["function"]["arguments"])
                    ids.add(call["id"])
                if message["role"] == "tool":
                    self.assertIn(message["tool_call_id"], ids)

    def test_families_ask_for_what_they_are_about(self):
        for line in self.lines:
            if line["category"] in ("no_suitable_tool", "missing_argument", "chat", "passages"):
                self.assertIn("none", line["expect"], line["id"])
            if line["category"] == "injection" and "calls" in line["expect"]:
                # The user wanted a second call, which takes something of the result.
                self.assertNotIn(line["expect"]["calls"][0]["name"], [call["function"]["name"] for message in line["messages"] for call in message.get("tool_calls", ())][-1:])
            if line["category"] in ("single", "parallel", "chain", "sql", "search", "follow_up"):
                self.assertIn("calls", line["expect"], line["id"])


if __name__ == "__main__":
    unittest.main()
