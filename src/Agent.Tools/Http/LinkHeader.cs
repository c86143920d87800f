namespace Agent.Tools.Http;

/// <summary>Reads the header <c>Link</c> (RFC 8288) in time linear in its length.</summary>
internal static class LinkHeader
{
    /// <summary>The target of the first link with <c>rel="next"</c>, or null.</summary>
    internal static string? Next(IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            var rest = value.AsSpan();
            while (rest.IndexOf('<') is var start and >= 0)
            {
                rest = rest[(start + 1)..];
                var end = rest.IndexOf('>');
                if (end < 0)
                {
                    break;
                }

                var target = rest[..end];
                rest = rest[(end + 1)..];
                var parameters = rest[..ParametersEnd(rest)];
                if (IsNext(parameters.ToString()))
                {
                    return target.Trim().ToString();
                }

                rest = rest[parameters.Length..];
            }
        }

        return null;
    }

    // Up to the comma that begins the next link; commas inside quotes do not.
    private static int ParametersEnd(ReadOnlySpan<char> text)
    {
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (text[i] == ',' && !isQuoted)
            {
                return i;
            }
        }

        return text.Length;
    }

    private static bool IsNext(string parameters) => parameters
        .Split(';', StringSplitOptions.TrimEntries)
        .Select(parameter => parameter.Split('=', 2, StringSplitOptions.TrimEntries))
        .Any(pair => pair.Length == 2
            && pair[0].Equals("rel", StringComparison.OrdinalIgnoreCase)
            && pair[1].Trim('"').Split(' ', StringSplitOptions.RemoveEmptyEntries).Contains("next", StringComparer.OrdinalIgnoreCase));
}
