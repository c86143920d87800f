namespace Agent.Core.Retrieval.Documents;

/// <summary>What a Markdown text says of itself between two rules at its top.</summary>
internal static class MarkdownFrontMatter
{
    private const int MaxLines = 500;

    // No more of a value is kept; a list of many would be copied again with each.
    private const int MaxValue = DocumentBuilder.MaxMetadataLength;

    /// <summary>Reads it where there is some; the lines stay unread where there is none.</summary>
    public static void Read(MarkdownLines lines, DocumentBuilder builder)
    {
        var start = lines.Position;
        if (!lines.TryRead(out var line) || !line.TrimEnd().SequenceEqual("---"))
        {
            lines.ReturnTo(start);
            return;
        }

        List<(string Key, string Value)> found = [];
        for (var count = 0; count < MaxLines && lines.TryRead(out line); count++)
        {
            if (line.TrimEnd() is "---" or "...")
            {
                foreach (var (key, value) in found)
                {
                    builder.SetMetadata(key, value);
                    if (key.Equals("title", StringComparison.OrdinalIgnoreCase))
                    {
                        builder.SetTitle(value);
                    }
                }

                return;
            }

            var colon = line.IndexOf(':');
            if (colon > 0 && !char.IsWhiteSpace(line[0]) && line[0] is not ('-' or '#'))
            {
                found.Add((line[..colon].ToString(), Scalar(line[(colon + 1)..])));
            }
            else if (found.Count > 0 && found[^1].Value.Length < MaxValue && line.TrimStart().StartsWith("- ", StringComparison.Ordinal))
            {
                // A list of plain values under its key is read as one value.
                var (key, value) = found[^1];
                found[^1] = (key, value.Length == 0 ? Scalar(line.TrimStart()[2..]) : $"{value}, {Scalar(line.TrimStart()[2..])}");
            }
        }

        // No end: it was a rule and text.
        lines.ReturnTo(start);
    }

    private static string Scalar(ReadOnlySpan<char> value)
    {
        value = value.Trim();
        if (value.Length >= 2 && (value[0] is '"' or '\'') && value[^1] == value[0])
        {
            value = value[1..^1];
        }
        else if (value.Length >= 2 && value[0] == '[' && value[^1] == ']')
        {
            value = value[1..^1];
        }

        value = value.Trim();
        var end = Math.Min(value.Length, MaxValue);
        return value[..(end < value.Length && char.IsHighSurrogate(value[end - 1]) ? end - 1 : end)].ToString();
    }
}
