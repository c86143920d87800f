"""Documents with questions: the files are sound, and answers stand in the passages that they cite."""
import random
import re
import tempfile
import unittest
from pathlib import Path

import documents
from dialogues import passages, reading
from dialogues.scene import Scene


class DocumentTests(unittest.TestCase):
    def read(self, text: str) -> list[documents.Document]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "en_test.txt"
            file.write_text(text, encoding="utf-8")
            return documents.read(file)

    def test_a_document_has_sentences_and_questions(self):
        [document] = self.read("## Tea\ns: Tea is served at {time}.\ns: {person#a} pours it.\nq1: When is tea?\nq2: Who is {person#a} to us?\nn: Is there cake?\n")
        self.assertEqual(("en", "Tea", ((0, "When is tea?"), (1, "Who is {person#a} to us?")), ("Is there cake?",)), (document.language, document.title, document.asked, document.unanswered))

    def test_what_is_wrong_is_named(self):
        for text, named in (("## Tea\ns: One.\ns: Two.\nq3: Which?\n", "q3"), ("## Tea\ns: One {thing}.\ns: Two.\nq1: Which?\n", "thing"), ("## Tea\ns: One\ns: Two.\nq1: Which?\n", "One"),
                            ("## Tea\ns: One.\ns: Two.\nq1: Who is {person}?\n", "Who is"), ("## Tea\ns: One.\ns: Two.\n", "Tea"), ("tea\n", "en_test.txt:1")):
            with self.assertRaisesRegex(ValueError, re.escape(named)):
                self.read(text)

    def test_a_tag_stands_for_one_value(self):
        [document] = self.read("## Tea\ns: {person#a} pours at {time}.\ns: Ask {person#a}.\nq1: What does {person#a} do?\n")
        scene = Scene(random.Random(1), "en")
        first, second = (documents.tell(document, scene.values) for _ in range(2))
        name = first.sentences[1][4:-1]
        self.assertTrue(first.sentences[0].startswith(name) and name in first.asked[0][1])
        self.assertNotEqual(first.sentences, second.sentences)
        self.assertIsNone(re.search(r"[{}]", "".join(first.sentences)))

    def test_those_for_measuring_are_kept_from_training(self):
        for language in ("en", "zh"):
            training, kept = documents.load(language), documents.load(language, held_out=True)
            self.assertTrue(len(training) > 4 * len(kept) > 0)
            self.assertFalse({document.title for document in training} & {document.title for document in kept})


class ReadingTests(unittest.TestCase):
    def draws(self):
        for seed in range(400):
            scene = Scene(random.Random(seed), ("en", "zh")[seed % 2], held_out=seed % 5 == 0)
            yield scene, reading.draw(scene)

    def test_each_quoted_sentence_stands_in_its_piece_and_in_no_other(self):
        seen = 0
        for _, found in self.draws():
            for sentence, place in found.quoted:
                seen += 1
                holding = [index for index, piece in enumerate(found.pieces) if sentence in piece.sentences]
                self.assertEqual([place], holding, found)
        self.assertGreater(seen, 200)

    def test_answers_are_sentences_of_the_passages_that_they_cite(self):
        cited = 0
        for seed in range(400):
            scene = Scene(random.Random(seed), ("en", "zh")[seed % 2])
            drawn = passages._quoted(scene)
            if not drawn.found:
                self.assertNotRegex(drawn.answer, r"\[\d\]")
                continue
            body = re.sub(r"^(资料说法不一：|The passages disagree: )", "", drawn.answer)
            for sentence, number in re.findall(r"(.+?) ?\[(\d+)\](?:。|\.(?: |$))", body, re.DOTALL):
                cited += 1
                self.assertIn(sentence, drawn.passages[int(number) - 1].text, drawn)
            self.assertRegex(drawn.answer, r"\[\d+\][.。]$")
        self.assertGreater(cited, 200)

    def test_some_questions_have_no_answer(self):
        without = sum(not found.quoted for _, found in self.draws())
        self.assertTrue(60 < without < 180, without)


if __name__ == "__main__":
    unittest.main()
