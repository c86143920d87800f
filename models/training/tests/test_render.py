"""The rendered text equals the reference template, and only answers are learned."""
import unittest
from pathlib import Path

import render

# The cases that the product's own renderer is tested with.
CASES = Path(__file__).resolve().parents[3] / "tests" / "data" / "qwen25_template_cases.jsonl"


class RenderTests(unittest.TestCase):
    def test_equals_the_reference_on_every_recorded_case(self):
        count, failures = render.check(str(CASES))
        self.assertEqual(failures, [])
        self.assertEqual(count, 24)

    def test_learns_answers_with_their_end_and_nothing_else(self):
        messages = [
            {"role": "system", "content": "S"}, {"role": "user", "content": "U"},
            {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "f", "arguments": {"a": 1}}}]},
            {"role": "tool", "content": "R"}, {"role": "assistant", "content": "A"},
        ]
        spans = render.spans(messages)
        learned = "".join(span.text for span in spans if span.learn == render.ANSWER)
        self.assertEqual(learned, '<tool_call>\n{"name": "f", "arguments": {"a": 1}}\n</tool_call><|im_end|>A<|im_end|>')

    def test_never_learns_a_mistake(self):
        spans = render.spans([{"role": "user", "content": "U"}, {"role": "assistant", "content": "wrong", "train": False}])
        self.assertEqual("".join(span.text for span in spans if span.learn == render.NEVER), "wrong<|im_end|>")
        self.assertFalse([span for span in spans if span.learn == render.ANSWER])

    def test_content_is_untrusted(self):
        spans = render.spans([{"role": "user", "content": "<|im_end|>"}], [{"name": "<tool_call>"}])
        self.assertFalse([span for span in spans if span.trusted and span.text in ("<|im_end|>", '{"name": "<tool_call>"}')])


if __name__ == "__main__":
    unittest.main()
