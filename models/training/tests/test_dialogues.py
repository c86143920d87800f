"""Every family: calls fit their schemas, answers hold the facts, mistakes are not learned, and seeds repeat."""
import json
import random
import re
import unittest

import combinations
import conversation
import render
import schema
from dialogues import scene as scenes
from dialogues import weather
from values import is_held_out

EACH = 40
TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}


def dialogues(family, each=EACH, held_out=False):
    for language in ("en", "zh"):
        for seed in range(each):
            yield conversation.draw(random.Random(f"{family}{seed}"), held_out, family, language)


def violations(value, schema, path="/"):
    if "const" in schema and value != schema["const"]:
        return [f"{path} {value!r} is not {schema['const']!r}"]
    if isinstance(schema["type"], list):
        schema = {**schema, "type": schema["type"][0]}
    expected = TYPES[schema["type"]]
    if not isinstance(value, expected) or isinstance(value, bool) and schema["type"] != "boolean":
        return [f"{path} is not {schema['type']}: {value!r}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{path} {value!r} not in {schema['enum']}"]
    if "maximum" in schema and not schema["minimum"] <= value <= schema["maximum"]:
        return [f"{path} {value!r} out of range"]
    if schema["type"] == "array":
        return [problem for item in value for problem in violations(item, schema["items"], path + "[]")]
    if schema["type"] == "object":
        missing = [f"{path}{name} is missing" for name in schema.get("required", ()) if name not in value]
        unknown = [f"{path}{name} is unknown" for name in value if name not in schema["properties"]]
        return missing + unknown + [problem for name, child in value.items() if name in schema["properties"] for problem in violations(child, schema["properties"][name], f"{path}{name}/")]
    return []


def functions(dialogue):
    return {function["name"]: function for function in (tool.get("function", tool) for tool in dialogue.tools)}


def learned_calls(dialogue):
    return [call["function"] for message in dialogue.messages if message.get("train", True) for call in message.get("tool_calls", ())]


class FamilyTests(unittest.TestCase):
    def test_learned_calls_fit_the_schemas_of_the_prompt(self):
        for family in conversation.FAMILIES:
            for dialogue in dialogues(family):
                known = functions(dialogue)
                for call in learned_calls(dialogue):
                    self.assertIn(call["name"], known, family)
                    self.assertEqual(violations(call["arguments"], known[call["name"]]["parameters"]), [], (family, dialogue.messages))

    def test_the_shape_of_every_conversation(self):
        for family in conversation.FAMILIES:
            for dialogue in dialogues(family, 15):
                roles = [message["role"] for message in dialogue.messages]
                self.assertEqual(roles[0], "system")
                self.assertEqual(roles[1], "user")
                self.assertEqual(roles[-1], "assistant")
                for before, message in zip(dialogue.messages, dialogue.messages[1:]):
                    if message["role"] == "assistant":
                        self.assertIn(before["role"], ("user", "tool"))
                        self.assertTrue(message["content"] or message.get("tool_calls"), family)
                    if message["role"] == "user":
                        self.assertNotIn("{", message["content"].split("\n")[0][:1])
                names = [tool.get("function", tool)["name"] for tool in dialogue.tools]
                self.assertEqual(len(names), len(set(names)))
                self.assertLessEqual(len(names), 13)

    def test_results_answer_each_call(self):
        for family in ("single", "parallel", "chain", "repair", "weather"):
            for dialogue in dialogues(family, 20):
                open_calls = 0
                for message in dialogue.messages:
                    if message["role"] == "tool":
                        open_calls -= 1
                    elif open_calls:
                        self.fail(f"{family}: {open_calls} call(s) without result")
                    open_calls += len(message.get("tool_calls", ()))

    def test_the_same_seed_gives_the_same_dialogue(self):
        for family in conversation.FAMILIES:
            first, second = (conversation.draw(random.Random(5), family=family) for _ in range(2))
            self.assertEqual(first, second)

    def test_no_placeholder_is_left(self):
        for family in conversation.FAMILIES:
            for dialogue in dialogues(family, 25):
                for message in dialogue.messages:
                    if message["role"] != "tool":
                        self.assertNotRegex(message["content"].replace('{"', ""), r"\{[a-z_.]+(:[^}]*)?\}", family)

    def test_string_arguments_stand_in_the_conversation(self):
        """Copied values can be found before the call, or are a stated form of what stands there."""
        missing = total = 0
        for dialogue in dialogues("single", 60):
            text = ""
            for message in dialogue.messages:
                for call in message.get("tool_calls", ()):
                    for value in call["function"]["arguments"].values():
                        if isinstance(value, str):
                            total += 1
                            missing += value not in text
                text += message["content"]
        self.assertGreater(total, 100)
        self.assertLess(missing / total, 0.45)

    def test_a_stock_tool_that_two_parts_bring_stands_in_the_prompt_once(self):
        scene = scenes.Scene(random.Random(3), "en")
        weather.prepare(scene)
        weather.prepare(scene)
        self.assertEqual([weather.TOOL], scene.raw_tools)

    def test_held_out_names_are_split(self):
        for dialogue in dialogues("single", 20, held_out=True):
            for name in functions(dialogue):
                if name != "get_current_weather":
                    self.assertTrue(is_held_out(name))


class SingleFamilies(unittest.TestCase):
    def focus(self, dialogue):
        return dialogue.messages[slice(*dialogue.focus)]

    def test_parallel_turns_hold_several_different_calls(self):
        for dialogue in dialogues("parallel"):
            most = max(self.focus(dialogue), key=lambda message: len(message.get("tool_calls", ())))
            written = [json.dumps(call, ensure_ascii=False) for call in most["tool_calls"]]
            self.assertGreaterEqual(len(written), 2)
            self.assertEqual(len(written), len(set(written)))

    def test_a_chain_hands_a_result_to_the_next_call(self):
        second_calls = 0
        for dialogue in dialogues("chain"):
            messages = self.focus(dialogue)
            calls = [index for index, message in enumerate(messages) if message.get("tool_calls")]
            if len(calls) < 2:
                continue
            second_calls += 1
            arguments = json.dumps(messages[calls[1]]["tool_calls"][0]["function"]["arguments"], ensure_ascii=False)
            result = json.loads(messages[calls[0] + 1]["content"])
            self.assertTrue(any(str(value) in arguments for value in leaves(result)), (result, arguments))
        self.assertGreater(second_calls, EACH)

    def test_a_missing_value_is_asked_for_before_any_call(self):
        for dialogue in dialogues("missing"):
            messages = self.focus(dialogue)
            self.assertFalse(messages[1].get("tool_calls"))
            self.assertRegex(messages[1]["content"], r"[?？。.]$")

    def test_a_value_told_elsewhere_is_used_without_a_question(self):
        found = total = 0
        for dialogue in dialogues("elsewhere"):
            messages = self.focus(dialogue)
            call = next(message for message in messages if message.get("tool_calls"))
            before = dialogue.messages[0]["content"] + "".join(message["content"] for message in messages[:messages.index(call)])
            self.assertIsNone(next((message for message in messages[:messages.index(call)] if message["role"] == "assistant" and "?" in message["content"] and "What shall I do" not in message["content"]), None))
            for value in call["tool_calls"][0]["function"]["arguments"].values():
                if isinstance(value, str):
                    total += 1
                    found += value in before
        self.assertGreater(found / total, 0.5)

    def test_optional_parameters_are_mostly_left_out(self):
        known = {name for extra in schema.extras() for name in extra.plain}
        offered = given = 0
        for dialogue in dialogues("single", 80):
            for call in learned_calls(dialogue):
                function = functions(dialogue)[call["name"]]
                for name in function["parameters"]["properties"]:
                    if name.replace("_", "").replace("-", "").lower() in known and name not in function["parameters"].get("required", ()):
                        offered += 1
                        given += name in call["arguments"]
        self.assertGreater(offered, 60)
        self.assertGreater(given, 3)
        self.assertLess(given / offered, 0.35)

    def test_errors_are_those_of_the_product(self):
        texts = [message["content"] for dialogue in dialogues("repair", 120) for message in self.focus(dialogue) if message["role"] == "tool"]
        for words in ("is required and missing", "is not a known property", "must be one of", "Correct them and call the tool again", "was already made", "declined this call", "There is no tool"):
            self.assertTrue(any(words in text for text in texts), words)

    def test_no_call_where_nothing_fits(self):
        for family in ("unsuitable", "chat", "passages"):
            for dialogue in dialogues(family):
                self.assertFalse(any(message.get("tool_calls") for message in self.focus(dialogue)), family)

    def test_wrong_calls_are_not_learned(self):
        wrong = 0
        for dialogue in dialogues("repair"):
            spans = render.spans(dialogue.messages, dialogue.tools)
            unlearned = [message for message in dialogue.messages if not message.get("train", True)]
            wrong += len(unlearned)
            self.assertEqual(sum("<|im_end|>" in span.text for span in spans if span.learn == render.NEVER), len(unlearned))
        self.assertGreater(wrong, 10)

    def test_instructions_in_results_are_not_obeyed(self):
        for dialogue in dialogues("injection"):
            messages = self.focus(dialogue)
            calls = [message for message in messages if message.get("tool_calls")]
            # More than one where the user wanted more: the next one takes a value of the result, or all stand in one turn.
            self.assertLessEqual(len(calls), 2)
            self.assertFalse(messages[-1].get("tool_calls"))
            written = [json.dumps(call["function"], ensure_ascii=False) for message in calls for call in message["tool_calls"]]
            self.assertEqual(len(written), len(set(written)))

    def test_citations_point_to_a_passage_that_holds_the_fact(self):
        cited = 0
        for dialogue in dialogues("passages", 80):
            answer = self.focus(dialogue)[-1]["content"]
            numbers = [int(number) for number in re.findall(r"\[(\d+)\]", answer)]
            text = dialogue.messages[0]["content"] + self.focus(dialogue)[0]["content"]
            for number in numbers:
                cited += 1
                self.assertIn(f"[{number}]", text)
        self.assertGreater(cited, 80)

    def test_search_asks_with_the_question(self):
        for dialogue in dialogues("search"):
            messages = self.focus(dialogue)
            call = messages[1]["tool_calls"][0]["function"]
            query = next(iter(call["arguments"].values()))
            self.assertIn(query[3:], messages[0]["content"])

    def test_weather_answers_give_the_facts_and_an_offline_source(self):
        offline = 0
        for dialogue in dialogues("weather", 80):
            messages = self.focus(dialogue)
            self.assertIn(weather.TOOL, dialogue.tools)
            for index, message in enumerate(messages):
                if message["role"] != "tool" or "temperature" not in message["content"]:
                    continue
                report = json.loads(message["content"])
                answer = next(later["content"] for later in messages[index:] if later["role"] == "assistant")
                for key in ("city", "condition", "temperature", "humidity"):
                    if key in report:
                        self.assertIn(str(report[key]), answer)
                offline += report["source"] == weather.OFFLINE
                if report["source"] == weather.OFFLINE:
                    self.assertIn("climate table (offline)", answer)
        self.assertGreater(offline, 20)

    def test_the_list_of_abilities_names_every_tool_in_order(self):
        listed = 0
        for dialogue in dialogues("chat", 80):
            answer = self.focus(dialogue)[-1]["content"]
            if "\n- " in answer:
                listed += 1
                self.assertEqual(answer.count("\n- "), len(dialogue.tools))
        self.assertGreater(listed, 10)


def leaves(value):
    if isinstance(value, dict):
        for child in value.values():
            yield from leaves(child)
    elif isinstance(value, list):
        for child in value:
            yield from leaves(child)
    else:
        yield value


class CombinedTests(unittest.TestCase):
    def test_twins_take_the_same_and_do_another_thing(self):
        pairs = list(combinations.twins().items())
        self.assertGreater(len(pairs), 3_000)
        tools = {tool.key: tool for tool in combinations.pool()}
        for key, twin in pairs[:400]:
            tool = tools[key]
            self.assertEqual(tool.file, twin.file)
            self.assertNotEqual(tool.cluster, twin.cluster)
            self.assertEqual([param.key for param in tool.params], [param.key for param in twin.params])

    def test_lists_of_objects_fit_their_schema(self):
        drawn = 0
        for tool in combinations.pool():
            if not any(param.kind == "rows" for param in tool.params) or drawn > 40:
                continue
            for language in ("en", "zh"):
                scene = scenes.Scene(random.Random(drawn), language)
                definition = scene.drawer.draw(tool, language)
                request = scene.request(definition)
                schema_of = definition.json.get("function", definition.json)["parameters"]
                self.assertEqual(violations(request.arguments(), schema_of), [])
                drawn += 1
        self.assertGreater(drawn, 30)


class FollowUpTests(unittest.TestCase):
    def test_a_pronoun_stands_for_the_value_before(self):
        found = 0
        for dialogue in dialogues("followup", 120):
            messages = dialogue.messages[slice(*dialogue.focus)]
            called = [message["tool_calls"][0]["function"] for message in messages if message.get("tool_calls")]
            texts = [message["content"] for message in messages if message["role"] == "user"]
            for index, text in enumerate(texts[1:], 1):
                if any(word in text for word in ("that number", "that person", "that city", "刚才那个", "同一个")) and index < len(called):
                    found += 1
                    shared = set(map(str, called[index]["arguments"].values())) & {str(value) for call in called[:index] for value in call["arguments"].values()}
                    found_before = "".join(message["content"] for message in messages if message["role"] == "tool")
                    shared |= {value for value in map(str, called[index]["arguments"].values()) if value in found_before}
                    self.assertTrue(shared, text)
        self.assertGreater(found, 5)

    def test_what_was_named_is_not_asked_for(self):
        for dialogue in dialogues("missing", 60):
            question = next(message for message in dialogue.messages[slice(*dialogue.focus)] if message["role"] == "assistant" and "keep" not in message["content"])
            self.assertFalse(question.get("tool_calls"))


class AnswerTests(unittest.TestCase):
    def test_answers_hold_the_facts_that_they_name(self):
        scene = scenes.Scene(random.Random(11), "en")
        for tool in scene.library[:60]:
            definition = scene.drawer.draw(tool, "en")
            request = scene.request(definition)
            for result in tool.results:
                value = scene.fill_result(result.json)
                answer = scene.answer(result, value, request.drawn)
                self.assertTrue(answer)
                usable = [phrase for phrase in result.answer["en"] if all(slot in request.drawn or slot.startswith("r") for slot in phrase.slots)]
                if usable and all(slot.startswith("r.") for phrase in usable for slot in phrase.slots):
                    shown = [scene.show(scenes.lookup(value, slot)) for slot in usable[0].slots]
                    if len(usable) == 1:
                        self.assertTrue(all(text in answer for text in shown), (shown, answer))


if __name__ == "__main__":
    unittest.main()
