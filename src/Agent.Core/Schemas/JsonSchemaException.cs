using Agent.Core.Names;

namespace Agent.Core.Schemas;

/// <summary>A schema cannot be enforced as written. The message names the tool, the keyword and the fix.</summary>
public sealed class JsonSchemaException : Exception
{
    internal JsonSchemaException(string? toolName, string pointer, string problem, string fix, Exception? innerException = null)
        : base(Compose(toolName, pointer, problem, fix), innerException)
    {
        ToolName = toolName;
        Pointer = pointer;
        Problem = problem;
        Fix = fix;
    }

    /// <summary>The tool whose parameters the schema describes; null for other schemas.</summary>
    public string? ToolName { get; }

    /// <summary>JSON pointer to the keyword in the schema; empty for the whole.</summary>
    public string Pointer { get; }

    /// <summary>The keyword at fault; null where the whole schema is.</summary>
    public string? Keyword => Pointer.Length == 0 ? null : JsonPointer.Unescape(Pointer[(Pointer.LastIndexOf('/') + 1)..]);

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; }

    /// <summary>What to do about it.</summary>
    public string Fix { get; }

    private static string Compose(string? toolName, string pointer, string problem, string fix)
    {
        var place = pointer.Length == 0 ? "" : $" at \"{JsonText.Shorten(pointer, 200)}\"";
        return toolName is null
            ? $"The schema{place}: {problem}. {fix}"
            : $"Tool \"{JsonText.Shorten(toolName, 100)}\", schema of the parameters{place}: {problem}. {fix}";
    }
}
