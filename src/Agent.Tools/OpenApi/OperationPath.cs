using Agent.Tools.Http;
using Agent.Tools.Templates;

namespace Agent.Tools.OpenApi;

/// <summary>Reads the path of an operation.</summary>
internal static class OperationPath
{
    private const string Fix = "Correct the document";

    /// <summary>The segments under the path of the server.</summary>
    /// <param name="server">The server.</param>
    /// <param name="path">The path with its placeholders.</param>
    /// <param name="arguments">The argument of each placeholder.</param>
    /// <exception cref="OpenApiException">The path is no path, or a placeholder has no parameter.</exception>
    internal static IReadOnlyList<PathSegment> Parse(Uri server, string path, IReadOnlyDictionary<string, string> arguments)
    {
        if (path.Any(c => c is '?' or '#' or '\\' || char.IsControl(c) || char.IsWhiteSpace(c)))
        {
            throw new OpenApiException($"the path {path} holds a character that paths have not", Fix);
        }

        var root = server.AbsolutePath.TrimEnd('/').Split('/').Skip(1).Select(text => new PathSegment([new TemplatePart(text, isArgument: false)]));
        return [.. root, .. path.Split('/').Skip(1).Select(text => Segment(text, arguments))];
    }

    private static PathSegment Segment(string text, IReadOnlyDictionary<string, string> arguments)
    {
        if (text is "." or "..")
        {
            throw new OpenApiException("the path holds \".\" or \"..\"", Fix);
        }

        var parts = new List<TemplatePart>();
        var rest = text;
        while (rest.Length > 0)
        {
            var start = rest.IndexOf('{', StringComparison.Ordinal);
            if (start != 0)
            {
                var literal = start < 0 ? rest : rest[..start];
                parts.Add(new TemplatePart(literal, isArgument: false));
                rest = rest[literal.Length..];
                continue;
            }

            var end = rest.IndexOf('}', StringComparison.Ordinal);
            var name = end < 0 ? rest[1..] : rest[1..end];
            if (end < 0 || !arguments.TryGetValue(name, out var argument))
            {
                throw new OpenApiException($"the placeholder {{{name}}} of its path has no parameter", Fix);
            }

            parts.Add(new TemplatePart(argument, isArgument: true));
            rest = rest[(end + 1)..];
        }

        return new PathSegment(parts);
    }
}
