namespace Agent.Core.Tests.Chat.ToolCalls;

/// <summary>
/// Turns and what they hold: <c>text|…</c>, <c>call|name|arguments</c>, <c>invalid|name|part of the error</c>.
/// </summary>
internal static class ToolCallParserCases
{
    private const string F = """{"name": "get_weather", "arguments": {"city": "Paris"}}""";
    private const string Call = "call|get_weather|{\"city\": \"Paris\"}";

    public static IReadOnlyDictionary<string, (string Turn, string[] Expected)> All { get; } =
        new Dictionary<string, (string, string[])>
        {
            ["empty"] = ("", []),
            ["plain text"] = ("Hello, world.\n", ["text|Hello, world.\n"]),
            ["blanks only are text where there is no call"] = (" \n\n", ["text| \n\n"]),
            ["leading blanks of text stay"] = ("\n  Hi", ["text|\n  Hi"]),
            ["one call"] = ($"<tool_call>\n{F}\n</tool_call>", [Call]),
            ["one call on one line"] = ($"<tool_call>{F}</tool_call>", [Call]),
            ["blanks around a call alone"] = ($"\n \n<tool_call>\n{F}\n</tool_call>\n \n", [Call]),
            ["two calls"] = ($"<tool_call>\n{F}\n</tool_call>\n<tool_call>\n{F}\n</tool_call>", [Call, Call]),
            ["blanks between calls"] = ($"<tool_call>{F}</tool_call>\n\n \t<tool_call>{F}</tool_call>", [Call, Call]),
            ["text before, template line feed dropped"] = ($"Let me look.\n<tool_call>\n{F}\n</tool_call>", ["text|Let me look.", Call]),
            ["text before, further blanks kept"] = ($"Let me look. \n\n<tool_call>\n{F}\n</tool_call>", ["text|Let me look. \n", Call]),
            ["text before on the same line"] = ($"Look: <tool_call>{F}</tool_call>", ["text|Look: ", Call]),
            ["text after keeps its line feed"] = ($"<tool_call>{F}</tool_call>\nDone.\n", [Call, "text|\nDone.\n"]),
            ["text before, between and after"] = (
                $"A\n<tool_call>{F}</tool_call> B \n<tool_call>{F}</tool_call>C", ["text|A", Call, "text| B ", Call, "text|C"]),
            ["nested braces and brackets"] = (
                """<tool_call>{"name":"f","arguments":{"a":{"b":[{"c":{}},[[]]]}}}</tool_call>""",
                ["call|f|{\"a\": {\"b\": [{\"c\": {}}, [[]]]}}"]),
            ["braces and quotes in strings"] = (
                """<tool_call>{"name":"f","arguments":{"a":"}{\"]\\","b":"\\\""}}</tool_call>""",
                ["""call|f|{"a": "}{\"]\\", "b": "\\\""}"""]),
            ["unicode escapes"] = (
                """<tool_call>{"name":"\u67e5\u8be2\u5929\u6c14","arguments":{"\u57ce":"\ud83d\ude00"}}</tool_call>""",
                ["call|查询天气|{\"城\": \"😀\"}"]),
            ["an escape without its partner becomes U+FFFD"] = (
                """<tool_call>{"name":"f","arguments":{"a":"\ud83d!\ude00"}}</tool_call>""",
                ["call|f|{\"a\": \"\uFFFD!\uFFFD\"}"]),
            ["a surrogate without its partner becomes U+FFFD"] = (
                "<tool_call>{\"name\":\"f\",\"arguments\":{\"a\":\"\uD83D!\"}}</tool_call>",
                ["call|f|{\"a\": \"\uFFFD!\"}"]),
            ["closing tag in a string"] = (
                """<tool_call>{"name":"f","arguments":{"a":"x</tool_call>y"}}</tool_call>""",
                ["call|f|{\"a\": \"x</tool_call>y\"}"]),
            ["opening tag in a string"] = (
                """<tool_call>{"name":"f","arguments":{"a":"<tool_call>{"}}</tool_call>""",
                ["call|f|{\"a\": \"<tool_call>{\"}"]),
            ["numbers keep their form"] = (
                """<tool_call>{"name":"f","arguments":{"a":1.0,"b":12345678901234567890,"c":-1e-7}}</tool_call>""",
                ["call|f|{\"a\": 1.0, \"b\": 12345678901234567890, \"c\": -1e-07}"]),
            ["of duplicate names the last counts"] = (
                """<tool_call>{"name":"f","name":"g","arguments":{"a":1,"a":2}}</tool_call>""", ["call|g|{\"a\": 2}"]),
            ["arguments first"] = ("""<tool_call>{"arguments":{"a":1},"name":"f"}</tool_call>""", ["call|f|{\"a\": 1}"]),
            ["further keys are ignored"] = (
                """<tool_call>{"type":"function","id":"1","x":[],"name":"f","arguments":{}}</tool_call>""", ["call|f|{}"]),
            ["unknown tool between tags is a call"] = ("""<tool_call>{"name":"nope","arguments":{}}</tool_call>""", ["call|nope|{}"]),

            ["no arguments"] = ("""<tool_call>{"name":"f"}</tool_call>""", ["call|f|{}"]),
            ["null arguments"] = ("""<tool_call>{"name":"f","arguments":null}</tool_call>""", ["call|f|{}"]),
            ["empty arguments"] = ("""<tool_call>{"name":"f","arguments":{}}</tool_call>""", ["call|f|{}"]),
            ["blank string arguments"] = ("""<tool_call>{"name":"f","arguments":" "}</tool_call>""", ["call|f|{}"]),
            ["encoded arguments"] = (
                """<tool_call>{"name":"f","arguments":"{\"a\": \"\\u5317\", \"b\": 1.0}"}</tool_call>""",
                ["call|f|{\"a\": \"北\", \"b\": 1.0}"]),
            ["encoded null arguments"] = ("""<tool_call>{"name":"f","arguments":"null"}</tool_call>""", ["call|f|{}"]),
            ["parameters for arguments"] = ("""<tool_call>{"name":"f","parameters":{"a":1}}</tool_call>""", ["call|f|{\"a\": 1}"]),
            ["arguments go before parameters"] = (
                """<tool_call>{"name":"f","parameters":{"a":1},"arguments":{"a":2}}</tool_call>""", ["call|f|{\"a\": 2}"]),
            ["encoded arguments that are not JSON"] = (
                """<tool_call>{"name":"f","arguments":"city=Paris"}</tool_call>""", ["invalid|f|\"arguments\" must be a JSON object."]),
            ["encoded arguments that are no object"] = (
                """<tool_call>{"name":"f","arguments":"[1]"}</tool_call>""", ["invalid|f|\"arguments\" must be a JSON object."]),
            ["arguments that are a list"] = (
                """<tool_call>{"name":"f","arguments":[1]}</tool_call>""", ["invalid|f|\"arguments\" must be a JSON object."]),

            ["no name"] = ("""<tool_call>{"arguments":{}}</tool_call>""", ["invalid||The call has no \"name\""]),
            ["empty object"] = ("<tool_call>{}</tool_call>", ["invalid||The call has no \"name\""]),
            ["name that is no string"] = ("""<tool_call>{"name":7,"arguments":{}}</tool_call>""", ["invalid||The call has no \"name\""]),
            ["empty name"] = ("""<tool_call>{"name":"","arguments":{}}</tool_call>""", ["invalid||The call has no \"name\""]),

            ["missing closing tag at the end"] = ($"<tool_call>\n{F}", [Call]),
            ["missing closing tag, blanks at the end"] = ($"<tool_call>\n{F}\n", [Call]),
            ["half a closing tag at the end"] = ($"<tool_call>\n{F}\n</tool_c", [Call, "text|\n</tool_c"]),
            ["missing closing tag before the next call"] = ($"<tool_call>\n{F}\n<tool_call>\n{F}\n</tool_call>", [Call, Call]),
            ["missing closing tag before text"] = ($"<tool_call>\n{F}\nDone.", [Call, "text|\nDone."]),
            ["missing closing tag before text and a call"] = (
                $"<tool_call>{F}\nAnd\n<tool_call>{F}</tool_call>", [Call, "text|\nAnd", Call]),
            ["opening tag in place of the closing one"] = ($"<tool_call>{F}<tool_call>", [Call, "text|<tool_call>"]),
            ["cut in the arguments"] = (
                """<tool_call>{"name": "search", "arguments": {"q": """, ["invalid|search|The call was cut off before its JSON ended."]),
            ["cut in a string"] = (
                """<tool_call>{"name": "search", "arguments": {"q": "some""", ["invalid|search|The call was cut off before its JSON ended."]),
            ["cut in the name"] = ("<tool_call>\n{\"name\": \"sea", ["invalid||The call was cut off before its JSON ended."]),
            ["cut after the brace"] = ("<tool_call>{", ["invalid||The call was cut off before its JSON ended."]),
            ["cut before the brace is text"] = ("<tool_call>\n", ["text|<tool_call>\n"]),
            ["cut in the opening tag is text"] = ("Hi\n<tool_ca", ["text|Hi\n<tool_ca"]),

            ["a brace too many"] = (
                $"<tool_call>{F}}}</tool_call>ok", ["invalid|get_weather|Malformed JSON: something follows the JSON object", "text|ok"]),
            ["a brace too few"] = (
                """<tool_call>{"name":"search","arguments":{"q":"x"}</tool_call> ok""",
                ["invalid|search|Malformed JSON after \"{\"name\":\"search\",\"arguments\":{\"q\":\"x\"}\": expected ',' or '}'.", "text| ok"]),
            ["single quotes"] = (
                "<tool_call>{'name': 'f'}</tool_call>", ["invalid||Malformed JSON after \"{\": expected a property name in double quotes."]),
            ["Python literals"] = (
                """<tool_call>{"name":"f","arguments":{"a":True}}</tool_call>""", ["invalid|f|Malformed JSON after \"{\"name\":\"f\",\"arguments\":{\"a\":\": expected a value"]),
            ["a literal that only looks right"] = (
                """<tool_call>{"name":"f","arguments":{"a":nul}}</tool_call>""", ["invalid||Malformed JSON: "]),
            ["a number with a leading zero"] = (
                """<tool_call>{"name":"f","arguments":{"a":007}}</tool_call>""", ["invalid||Malformed JSON: "]),
            ["a trailing comma"] = (
                """<tool_call>{"name":"f","arguments":{"a":[1,]}}</tool_call>""", ["invalid|f|Malformed JSON after"]),
            ["a raw line break in a string"] = (
                "<tool_call>{\"name\":\"f\",\"arguments\":{\"a\":\"x\ny\"}}</tool_call>",
                ["invalid|f|Malformed JSON after \"{\"name\":\"f\",\"arguments\":{\"a\":\"x\": a string holds a raw line break"]),
            ["an invalid escape"] = (
                """<tool_call>{"name":"f","arguments":{"a":"C:\dir"}}</tool_call>""", ["invalid|f|Malformed JSON after"]),
            ["a bad unicode escape"] = (
                """<tool_call>{"name":"f","arguments":{"a":"\u12g4"}}</tool_call>""", ["invalid|f|Malformed JSON after"]),
            ["parsing goes on after a malformed call"] = (
                $"<tool_call>{{name: f}}</tool_call>\n<tool_call>{F}</tool_call>", ["invalid||Malformed JSON after \"{\"", Call]),
            ["a malformed call without closing tag"] = ("<tool_call>{name: f}\n", ["invalid||Malformed JSON after \"{\""]),
            ["an unclosed string does not swallow the rest"] = (
                $"<tool_call>{{\"name\":\"f\",\"arguments\":{{\"a\":\"x}}}}</tool_call>\nThen\n<tool_call>{F}</tool_call>",
                ["invalid|f|Malformed JSON: a string is not closed before </tool_call>.", "text|\nThen", Call]),
            ["an unclosed string at the end"] = (
                """<tool_call>{"name":"f","arguments":{"a":"x}}</tool_call>""",
                ["invalid|f|Malformed JSON: a string is not closed before </tool_call>."]),

            ["a tag in prose"] = ("Write <tool_call> and </tool_call> around it.", ["text|Write <tool_call> and </tool_call> around it."]),
            ["a tag in prose before a call"] = (
                $"A <tool_call> tag:\n<tool_call>{F}</tool_call>", ["text|A <tool_call> tag:", Call]),
            ["a tag at the start that is text"] = ("<tool_call> is a tag", ["text|<tool_call> is a tag"]),
            ["tags without content are text"] = ("<tool_call>\n</tool_call>", ["text|<tool_call>\n</tool_call>"]),
            ["a list between tags is text"] = ("<tool_call>[1]</tool_call>", ["text|<tool_call>[1]</tool_call>"]),
            ["two tags, the second a call"] = ($"<tool_call>\n<tool_call>{F}</tool_call>", ["text|<tool_call>", Call]),
            ["a closing tag alone"] = ("a</tool_call>b", ["text|a</tool_call>b"]),
            ["brackets that are no tags"] = (
                "a<b <<tool_call <tool_calls> <|im_start|> <TOOL_CALL>{", ["text|a<b <<tool_call <tool_calls> <|im_start|> <TOOL_CALL>{"]),
            ["a doubled bracket before a call"] = ($"<<tool_call>{F}</tool_call>", ["text|<", Call]),
            ["emoji at every border"] = ($"😀\n<tool_call>{F}</tool_call>😀", ["text|😀", Call, "text|😀"]),
            ["surrogates without partners in text"] = ("a\uD83D<b\uDE00\uD83D", ["text|a\uD83D<b\uDE00\uD83D"]),
            ["control characters"] = ("\0\u0001\u001b[0m\u007f\r\n", ["text|\0\u0001\u001b[0m\u007f\r\n"]),

            ["bare object"] = (F, [Call]),
            ["bare object with blanks around"] = ($"\n {F} \n", [Call]),
            ["bare object, arguments first"] = ("""{"arguments":{"q":1},"name":"search"}""", ["call|search|{\"q\": 1}"]),
            ["bare object with parameters"] = ("""{"type":"function","name":"search","parameters":{"q":1}}""", ["call|search|{\"q\": 1}"]),
            ["bare object with an escaped name"] = ("""{"name":"\u67e5询天气","arguments":{}}""", ["call|查询天气|{}"]),
            ["bare object and text on the next line"] = ($"{F}\nDone", [Call, "text|\nDone"]),
            ["bare objects in lines"] = ($"{F}\n{F}", [Call, Call]),
            ["bare objects in a row"] = ($"{F} {F}", [Call, Call]),
            ["bare object and a stray closing tag"] = ($"{F}\n</tool_call>", [Call, "text|\n</tool_call>"]),
            ["bare object that only lacks the opening tag"] = ($"{F}</tool_call>\n", [Call]),
            ["bare object and a tagged call"] = ($"{F}<tool_call>{F}</tool_call>", [Call, Call]),
            ["bare object after a tagged call"] = ($"<tool_call>{F}</tool_call>\n{F}", [Call, Call]),
            ["bare object in prose is text"] = ($"Like this:\n{F}", [$"text|Like this:\n{F}"]),
            ["bare object that prose follows is text"] = ($"{F} is the form.", [$"text|{F} is the form."]),
            ["bare object of an unknown tool is text"] = ("""{"name":"nope","arguments":{}}""", ["text|{\"name\":\"nope\",\"arguments\":{}}"]),
            ["bare object without arguments is text"] = ("""{"name":"search"}""", ["text|{\"name\":\"search\"}"]),
            ["bare object with a list of arguments is text"] = ("""{"name":"search","arguments":[]}""", ["text|{\"name\":\"search\",\"arguments\":[]}"]),
            ["bare object with other keys is text"] = (
                """{"name":"search","arguments":{},"age":3}""", ["text|{\"name\":\"search\",\"arguments\":{},\"age\":3}"]),
            ["bare object with a name that is no string is text"] = (
                """{"name":["search"],"arguments":{}}""", ["text|{\"name\":[\"search\"],\"arguments\":{}}"]),
            ["bare object that is cut is text"] = ("""{"name":"search","arguments":{"q":""", ["text|{\"name\":\"search\",\"arguments\":{\"q\":"]),
            ["bare object that is malformed is text"] = ("""{"name":"search","arguments":{q:1}}""", ["text|{\"name\":\"search\",\"arguments\":{q:1}}"]),
            ["a JSON answer is text"] = ("{\"answer\": 42}\n", ["text|{\"answer\": 42}\n"]),
            ["a call in a bare object that is text"] = (
                $"{{\"x\": \"\n<tool_call>{F}</tool_call>\"}}", ["text|{\"x\": \"", Call, "text|\"}"]),
            ["a list of bare objects is text"] = ($"[{F}]", [$"text|[{F}]"]),

            ["fenced object"] = ($"```json\n{F}\n```", [Call]),
            ["fenced object, text after"] = ($"```json\n{F}\n```\nDone", [Call, "text|\nDone"]),
            ["fenced object without language"] = ($"```\n{F}\n```\n", [Call]),
            ["fenced object in capitals"] = ($"```JSON\r\n{F}\r\n```\r\n", [Call]),
            ["fenced object, fence not closed"] = ($"```json\n{F}\n", [Call]),
            ["fenced object and a tagged call"] = ($"```json\n{F}\n```\n<tool_call>{F}</tool_call>", [Call, Call]),
            ["fenced object of another language is text"] = ($"```python\n{F}\n```", [$"text|```python\n{F}\n```"]),
            ["fenced object of a longer language is text"] = ($"```jsonc\n{F}\n```", [$"text|```jsonc\n{F}\n```"]),
            ["fenced object of an unknown tool is text"] = (
                "```json\n{\"name\":\"nope\",\"arguments\":{}}\n```", ["text|```json\n{\"name\":\"nope\",\"arguments\":{}}\n```"]),
            ["fenced object in prose is text"] = ($"Use:\n```json\n{F}\n```", [$"text|Use:\n```json\n{F}\n```"]),
            ["fenced object that prose follows is text"] = ($"```json\n{F}\n``` so", [$"text|```json\n{F}\n``` so"]),
            ["two objects in a fence are text"] = ($"```json\n{F}\n{F}\n```", [$"text|```json\n{F}\n{F}\n```"]),
            ["a fence of four is text"] = ($"````json\n{F}\n````", [$"text|````json\n{F}\n````"]),
            ["a fence alone is text"] = ("```", ["text|```"]),
            ["a fence with blanks is text"] = ("```json \n", ["text|```json \n"]),
            ["inline code is text"] = ("`x` ``y``", ["text|`x` ``y``"]),
        };
}
