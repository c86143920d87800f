using System.Text;
using System.Text.Json;
using Agent.Core.Chat.Template;
using Agent.Core.Chat.ToolCalls;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling.Constraints;
using Agent.Core.Schemas;
using Microsoft.Extensions.AI;

namespace Agent.Core.Chat.Constraints;

/// <summary>Makes the constraint of a request from its tools and its response format.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ChatConstraints(ITokenizer tokenizer)
{
    private readonly ConstraintCache _calls = new();
    private readonly ConstraintCache _answers = new();
    private readonly ToolCallTagTokens? _tags = ToolCallTagTokens.Of(tokenizer);

    /// <summary>Begins to read the vocabulary in the background, so that the first request need not.</summary>
    public void Prepare() => TokenVocabulary.Prepare(tokenizer);

    /// <summary>Makes a constraint.</summary>
    /// <param name="tools">Tools that may be called: names and definitions; empty where calls are not constrained or not allowed.</param>
    /// <param name="begun">What stands of a call at the end of the prompt, the opening tag included; null where none does.</param>
    /// <param name="format">The format of the answer; null for text.</param>
    /// <returns>The constraint; null where anything may be written.</returns>
    /// <exception cref="JsonSchemaException">The schema of the answer cannot be enforced.</exception>
    /// <exception cref="ArgumentException">No value fits the schema of the answer.</exception>
    public ITokenConstraint? Create(IReadOnlyList<(string Name, JsonElement Definition)> tools, string? begun, ChatResponseFormatJson? format)
    {
        if ((tools.Count == 0 || _tags is null) && format is null)
        {
            return null;
        }

        var vocabulary = TokenVocabulary.Of(tokenizer);
        var calls = tools.Count > 0 && _tags is not null ? Calls(vocabulary, tools, _tags.Close) : null;
        var head = begun?[ToolCallTags.Open.Length..];
        if (calls is not null && head is not null && calls.Next(calls.Start, Encoding.UTF8.GetBytes(head)).IsDead)
        {
            // A name that JSON must escape stands in the prompt as it is; there is no well-formed call to keep to.
            return null;
        }

        return new TurnConstraint(vocabulary, calls, _tags is null ? (-1, -1) : (_tags.Open, _tags.Close), format is null ? null : Answer(vocabulary, format), head);
    }

    private ConstraintAutomaton Calls(TokenVocabulary vocabulary, IReadOnlyList<(string Name, JsonElement Definition)> tools, int closeTag)
    {
        var key = new StringBuilder();
        foreach (var (_, definition) in tools)
        {
            key.Append(definition.GetRawText()).Append('\n');
        }

        return _calls.Get(key.ToString(), () => ConstraintAutomaton.ForCall(
            vocabulary,
            new CallForm(tools.Select(t => Head(t.Name)), [.. tools.Select(t => Arguments(t.Definition.GetProperty("function").GetProperty("parameters")))]),
            closeTag));
    }

    private ConstraintAutomaton Answer(TokenVocabulary vocabulary, ChatResponseFormatJson format) =>
        _answers.Get(format.Schema?.GetRawText() ?? string.Empty, () => ConstraintAutomaton.ForValue(vocabulary, AnswerShape(format)));

    private static JsonShape AnswerShape(ChatResponseFormatJson format)
    {
        if (format.Schema is not { } schema)
        {
            return JsonShape.AnyObject;
        }

        var shape = SchemaShapes.From(JsonSchema.Compile(schema)) ?? JsonShape.AnyValue;
        return shape.IsPossible
            ? shape
            : throw new ArgumentException("No value fits the schema of ChatOptions.ResponseFormat; loosen it.", nameof(format));
    }

    /// <summary>
    /// The shape of a tool's arguments. Where a schema cannot be followed, any object is: validation says what is wrong with it,
    /// as it does of everything that a shape leaves to it.
    /// </summary>
    private static JsonShape Arguments(JsonElement parameters)
    {
        try
        {
            var shape = SchemaShapes.From(JsonSchema.Compile(parameters));
            return shape is { IsPossible: true } && shape.Forms.Any(form => form is ObjectForm)
                ? ObjectsOf(shape)
                : JsonShape.AnyObject;
        }
        catch (JsonSchemaException)
        {
            return JsonShape.AnyObject;
        }
    }

    // Arguments are an object, even where the schema does not say so.
    private static JsonShape ObjectsOf(JsonShape shape)
    {
        var objects = new JsonShape { Forms = [.. shape.Forms.Where(form => form is ObjectForm)] };
        JsonShape.Close([objects]);
        return objects;
    }

    private static string Head(string name)
    {
        var head = new StringBuilder("\n{\"name\": ");
        PythonJson.AppendString(head, name);
        return head.Append(", \"arguments\": ").ToString();
    }
}
