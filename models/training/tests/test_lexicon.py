"""The words of the dictionary: what the reduced file holds, the entries, and that requests of the family mean one tool only."""
import gzip
import json
import random
import unittest

import conversation
import dictionary
import wordnet
from dialogues import lexical
from dialogues.scene import Scene


class LexiconTests(unittest.TestCase):
    def test_the_file_names_its_source_and_is_small(self):
        self.assertLess(wordnet.FILE.stat().st_size, 2 * 2**20)
        with gzip.open(wordnet.FILE) as file:
            data = json.load(file)
        self.assertIn("WordNet", data["source"])
        self.assertIn("licence", data)
        for pos in ("noun", "verb", "adj"):
            for words, gloss, parent, _, _ in data[pos]:
                self.assertTrue(words and gloss)
                self.assertLess(parent, len(data[pos]))

    def test_words_that_everybody_knows_are_there(self):
        self.assertIn("invoice", wordnet.only_meaning())
        self.assertIn("hotel", wordnet.only_meaning())
        car = next(sense for sense in wordnet.senses("noun") if "automobile" in sense.words)
        self.assertIn("car", car.words)

    def test_entries_are_short_and_repeat_with_the_seed(self):
        for seed in range(200):
            first, second = (dictionary.entry(random.Random(seed)) for _ in range(2))
            self.assertEqual(first, second)
            self.assertLess(len(first[0].text), 600)

    def test_no_word_of_a_request_fits_two_tools(self):
        for seed in range(60):
            scene = Scene(random.Random(seed), "en")
            parent, children = scene.pick(wordnet.families())
            chosen = lexical._told_apart(scene, list(children)[:6], parent)
            for sense, canonical, surfaces in chosen:
                for other, name, _ in chosen:
                    if other is not sense:
                        self.assertFalse({canonical, *surfaces} & {*other.words, name})

    def test_both_languages_make_calls_and_refusals(self):
        for language in ("en", "zh"):
            drawn = [conversation.draw(random.Random(seed), family="lexicon", language=language) for seed in range(60)]
            called = [any(message.get("tool_calls") for message in dialogue.messages[slice(*dialogue.focus)]) for dialogue in drawn]
            self.assertGreater(sum(called), 35)
            self.assertLess(sum(called), 60)


if __name__ == "__main__":
    unittest.main()
