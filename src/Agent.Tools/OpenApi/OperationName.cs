using System.Text;
using Agent.Tools.Json;
using Agent.Tools.Safety;

namespace Agent.Tools.OpenApi;

/// <summary>Makes names and descriptions of tools from what an operation says about itself.</summary>
internal static class OperationName
{
    internal const int MaximumLength = 64;
    internal const int MaximumDescription = 300;

    private static readonly string[] Texts = ["summary", "description"];

    /// <summary>The prefix and the operationId (or method and path) with every other character than a-z, A-Z, 0-9, _ and - made one _.</summary>
    internal static string ToolName(OpenApiOperation operation, string prefix)
    {
        var name = new StringBuilder(prefix);
        foreach (var c in operation.Id ?? $"{operation.Method.ToLowerInvariant()}{operation.Path}")
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            {
                name.Append(c);
            }
            else if (name.Length > 0 && name[^1] != '_')
            {
                name.Append('_');
            }
        }

        var text = name.ToString().TrimEnd('_');
        if (text.Length == 0 || !(char.IsAsciiLetter(text[0]) || text[0] == '_'))
        {
            text = $"_{text}";
        }

        return text.Length <= MaximumLength ? text : text[..MaximumLength];
    }

    /// <summary>Summary and description in one line of at most 300 characters; method and path where there is neither.</summary>
    internal static string Description(OpenApiOperation operation)
    {
        var texts = Texts
            .Select(key => OneLine(JsonRead.Text(operation.Definition, key)))
            .Where(text => text.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var text = texts.Count == 2 ? $"{texts[0].TrimEnd('.')}. {texts[1]}" : texts.FirstOrDefault() ?? $"{operation.Method} {operation.Path}";
        return Cut(text);
    }

    /// <summary>A text of the document in one line of at most 300 characters.</summary>
    internal static string Cut(string text)
    {
        text = OneLine(text);
        return text.Length <= MaximumDescription ? text : TextCut.Head(text, MaximumDescription - TextCut.Mark.Length);
    }

    private static string OneLine(string? text) =>
        string.Join(' ', (text ?? string.Empty).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => string.Concat(word.Where(c => !char.IsControl(c)))));
}
