using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Core.Chat.Constraints;
using Agent.Core.Chat.Template;
using Agent.Core.Chat.ToolCalls;
using Agent.Core.Inference.Sampling.Constraints;
using Agent.Core.Schemas;
using Agent.Core.Tests.Inference;

namespace Agent.Core.Tests.Chat.Constraints;

/// <summary>Random schemas on Qwen2.5's vocabulary: what may be written is valid, and what is valid may be written.</summary>
public sealed class SchemaConstraintPropertyTests
{
    private const int Schemas = 250;

    private static readonly TokenVocabulary Vocabulary = TokenVocabulary.Of(QwenVocabulary.Tokenizer);

    [Fact]
    public void Random_tokens_that_are_allowed_end_in_arguments_that_the_validator_accepts()
    {
        var written = 0;
        for (var seed = 0; seed < Schemas; seed++)
        {
            var (schema, automaton, _) = Random(seed);
            if (automaton is null)
            {
                continue;
            }

            for (var run = 0; run < 3; run++)
            {
                var text = new ConstraintWalk(automaton, QwenVocabulary.Tokenizer).Random(new Random((seed * 10) + run), 40 * run);

                var parsed = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 64 });
                var violations = schema.Validate(parsed.RootElement);
                Assert.True(violations.Count == 0, $"seed {seed}, run {run}: {schema.Source}\n{text}\n{string.Join("; ", violations)}");
                written++;
            }
        }

        Assert.True(written > Schemas * 2, $"only {written} texts were written");
    }

    [Fact]
    public void Valid_arguments_as_the_product_writes_them_are_allowed_token_by_token()
    {
        var checkedTexts = 0;
        for (var seed = 0; seed < Schemas; seed++)
        {
            var (schema, automaton, node) = Random(seed);
            for (var run = 0; run < 8 && automaton is not null; run++)
            {
                using var instance = JsonDocument.Parse(new RandomSchemas(new Random((seed * 100) + run)).Instance(node, node)?.ToJsonString() ?? "null");
                if (schema.Validate(instance.RootElement).Count > 0)
                {
                    continue;
                }

                var text = PythonJson.Write(instance.RootElement);
                Assert.True(new ConstraintWalk(automaton, QwenVocabulary.Tokenizer).Refused(text) is null, $"seed {seed}: {schema.Source}\n{new ConstraintWalk(automaton, QwenVocabulary.Tokenizer).Refused(text)}");
                checkedTexts++;
            }
        }

        Assert.True(checkedTexts > Schemas, $"only {checkedTexts} values were checked");
    }

    [Fact]
    public void A_mask_allows_exactly_the_tokens_whose_bytes_may_follow()
    {
        var tokenizer = QwenVocabulary.Tokenizer;
        var added = tokenizer.AddedTokens.Select(a => a.Id).ToHashSet();
        var states = 0;
        for (var seed = 0; seed < 12; seed++)
        {
            var (_, automaton, node) = Random(seed);
            var instance = new RandomSchemas(new Random(seed)).Instance(node, node)?.ToJsonString() ?? "null";
            var tokens = new List<int>();
            using var document = JsonDocument.Parse(instance);
            tokenizer.Encode(PythonJson.Write(document.RootElement), tokens);
            var state = automaton?.Start;
            foreach (var next in tokens.Take(12))
            {
                if (state is null || state.IsDead)
                {
                    break;
                }

                var mask = automaton!.GetMask(state);
                for (var token = 0; token < tokenizer.VocabularySize; token++)
                {
                    var bytes = tokenizer.GetBytes(token);
                    var expected = added.Contains(token)
                        ? state.IsComplete && tokenizer.IsEndOfGeneration(token)
                        : !bytes.IsEmpty && Follows(automaton, state, bytes);
                    if (expected != mask.Allows(token))
                    {
                        Assert.Fail($"seed {seed}: token {token} '{System.Text.Encoding.UTF8.GetString(bytes)}' should {(expected ? "" : "not ")}be allowed");
                    }
                }

                states++;
                state = automaton.Next(state, tokenizer.GetBytes(next));
            }
        }

        Assert.True(states > 50, $"only {states} states were compared");
    }

    [Fact]
    public void Whole_calls_are_read_by_the_stream_parser_as_they_were_written()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var (schema, _, node) = Random(seed);
            var shape = SchemaShapes.From(schema)!;
            if (!shape.IsPossible)
            {
                continue;
            }

            var automaton = ConstraintAutomaton.ForCall(
                Vocabulary,
                new CallForm(["\n{\"name\": \"other\", \"arguments\": ", "\n{\"name\": \"tool_x\", \"arguments\": "], [JsonShape.AnyObject, shape]),
                Vocabulary.FindAdded(ToolCallTags.Close)!.Value);
            var body = new ConstraintWalk(automaton, QwenVocabulary.Tokenizer).Random(new Random(seed), 60);
            var parser = new ToolCallStreamParser(["tool_x", "other"]);
            var events = new List<ToolCallParserEvent>();
            foreach (var c in ToolCallTags.Open + body + ToolCallTags.Close)
            {
                parser.Push([c], events);
            }

            parser.Complete(events);

            var call = Assert.IsType<ToolCallParserEvent.ToolCall>(Assert.Single(events));
            Assert.Contains(call.Name, new[] { "tool_x", "other" });
            if (call.Name == "tool_x")
            {
                Assert.Empty(schema.Validate(call.Arguments));
            }
        }
    }

    private static bool Follows(ConstraintAutomaton automaton, ConstraintState state, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            state = automaton.Next(state, b);
            if (state.IsDead)
            {
                return false;
            }
        }

        return true;
    }

    private static (JsonSchema Schema, ConstraintAutomaton? Automaton, JsonObject Node) Random(int seed)
    {
        var node = new RandomSchemas(new Random(seed)).ToolSchema();
        var schema = JsonSchema.Compile(JsonSerializer.SerializeToElement(node));
        var shape = SchemaShapes.From(schema)!;
        return (schema, shape.IsPossible ? ConstraintAutomaton.ForValue(Vocabulary, shape) : null, node);
    }
}
