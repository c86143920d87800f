"""The tokeniser: size, round trip, isolation of tags, and what may be learned."""
import random
import unittest

import conversation
import lexicon
import render
import tokeniser
from render import ANSWER, PROMPT, Span


class TokeniserTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tokeniser = tokeniser.Tokeniser(fast=False)

    def text(self, ids):
        names = {number: token for token, number in self.tokeniser.vocabulary.items()}
        literals = {number: literal for literal, number in self.tokeniser.special.items()}
        back = {letter: byte for byte, letter in tokeniser.byte_letters().items()}
        out = bytearray()
        for number in ids:
            out += literals[number].encode() if number in literals else bytes(back[letter] for letter in names[number])
        return out.decode()

    def test_it_has_the_size_of_the_model(self):
        self.assertEqual(self.tokeniser.size, tokeniser.VOCABULARY)

    def test_every_text_comes_back(self):
        for text in tokeniser.HARD_TEXTS:
            self.assertEqual(self.text(self.tokeniser.encode_run(text)), text)

    def test_a_hanzi_is_one_token(self):
        for character in lexicon.hanzi()[::50]:
            self.assertEqual(len(self.tokeniser.encode_run(character)), 1, character)

    def test_letters_share_pieces_whatever_stands_before_them(self):
        plain = self.tokeniser.encode_run("Reykjavik")
        for before in (' "', "_", '"', "-"):
            self.assertEqual(self.tokeniser.encode_run(before + "Reykjavik")[-len(plain):], plain, before)

    def test_tags_are_tokens_only_in_trusted_text(self):
        for literal, number in self.tokeniser.special.items():
            trusted, _ = self.tokeniser.encode([[Span(f"a{literal}b", True, PROMPT)]])[0]
            untrusted, _ = self.tokeniser.encode([[Span(f"a{literal}b", False, PROMPT)]])[0]
            self.assertIn(number, trusted)
            self.assertNotIn(number, untrusted)
            self.assertEqual(self.text(untrusted), f"a{literal}b")

    def test_learned_tokens_are_the_answers(self):
        rng = random.Random(3)
        for _ in range(30):
            dialogue = conversation.draw(rng)
            spans = render.spans(dialogue.messages, dialogue.tools)
            ids, learn = self.tokeniser.encode([spans])[0]
            self.assertEqual(len(ids), len(learn))
            self.assertEqual(self.text(number for number, kind in zip(ids, learn) if kind == ANSWER), "".join(span.text for span in spans if span.learn == ANSWER))
            self.assertEqual(self.text(ids), "".join(span.text for span in spans))

    def test_pre_tokeniser_cuts_as_qwen2_does(self):
        cut = lambda text: [match.group() for match in tokeniser.pre_tokeniser().finditer(text)]
        self.assertEqual(cut("I'm 42, ok?\n\n x"), ["I", "'m", " ", "4", "2", ",", " ok", "?\n\n", " x"])
        self.assertEqual(cut("get_current  中文。"), ["get", "_current", " ", " 中文", "。"])


if __name__ == "__main__":
    unittest.main()
