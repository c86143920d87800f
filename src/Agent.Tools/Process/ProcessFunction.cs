using System.Text.Encodings.Web;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Names;
using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Agent.Tools.Templates;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Process;

/// <summary>One program as a function. Thread-safe.</summary>
internal sealed class ProcessFunction(ToolDefinition definition, ProcessOptions options, ProgramRunner runner) : AIFunction
{
    private const int ErrorCharacters = 1_000;

    // A list or an object becomes one argument: without the line breaks that a reader of the log would like.
    private static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override string Name => definition.Name;

    public override string Description => definition.Description ?? string.Empty;

    public override JsonElement JsonSchema => definition.Parameters ?? ParameterSchema.None;

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var (argv, input) = Render(ArgumentsJson.From(arguments, Compact));
        var result = await runner.RunAsync(argv, input, cancellationToken).ConfigureAwait(false);

        if (!result.WasStopped && !options.ExitCodes.Contains(result.ExitCode))
        {
            throw Failure(result);
        }

        var text = Text(result.Output.Span);
        return options.IsJson ? Json(text, result) : Plain(text, result);
    }

    private (List<string> Arguments, byte[] Input) Render(JsonElement arguments)
    {
        var values = new CallArguments(arguments, JsonSchema);
        try
        {
            return (options.Arguments.Render(values), options.Input?.Render(arguments, values) ?? []);
        }
        catch (InvalidOperationException exception)
        {
            // Half a surrogate pair is JSON, but no text.
            throw new ToolException("An argument holds half a character (a lone surrogate). Pass valid Unicode.", exception);
        }
    }

    private string Plain(string text, ProgramResult result)
    {
        if (result.IsTruncated)
        {
            return $"{TextCut.HeadBytes(text, options.MaxOutputBytes)}\n... [truncated: the program wrote more than {options.MaxOutputBytes} bytes{Stopped(result)}]";
        }

        return string.IsNullOrWhiteSpace(text) ? $"done (exit code {result.ExitCode}, no output)" : text.TrimEnd('\n');
    }

    private JsonElement Json(string text, ProgramResult result)
    {
        if (result.IsTruncated)
        {
            throw new ToolException($"{Name} wrote more than {options.MaxOutputBytes} bytes{Stopped(result)}, so that its JSON is incomplete; ask for less");
        }

        JsonElement root;
        try
        {
            root = JsonElement.Parse(text);
        }
        catch (JsonException exception)
        {
            throw new ToolException($"{Name} wrote text that is not valid JSON", exception);
        }

        if (options.Select is null)
        {
            return root;
        }

        return JsonPointer.TryResolve(root, options.Select, out var selected)
            ? selected
            : throw new ToolException($"the output of {Name} has nothing at {options.Select}");
    }

    private ToolException Failure(ProgramResult result)
    {
        var said = Text(result.Errors.Span).Trim();
        if (said.Length == 0)
        {
            said = Text(result.Output.Span).Trim();
        }

        var ending = $"{Name} ended with exit code {result.ExitCode}";
        return new ToolException(said.Length == 0 ? $"{ending} and said nothing" : $"{ending}: {TextCut.Tail(said, ErrorCharacters)}");
    }

    private static string Stopped(ProgramResult result) => result.WasStopped ? " and was stopped" : string.Empty;

    private string Text(ReadOnlySpan<byte> bytes) => options.Redactor.Redact(OutputText.Clean(bytes));
}
