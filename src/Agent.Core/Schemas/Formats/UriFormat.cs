namespace Agent.Core.Schemas.Formats;

/// <summary>The absolute URIs of RFC 3986. <see cref="Uri"/> is more forgiving: it takes spaces and raw Unicode.</summary>
internal static class UriFormat
{
    private const string Unreserved = "-._~";
    private const string SubDelimiters = "!$&'()*+,;=";

    public static bool IsUri(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || !char.IsAsciiLetter(text[0]) || !text.AsSpan(0, colon).ToArray().All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.'))
        {
            return false;
        }

        var rest = text.AsSpan(colon + 1);
        var fragment = rest.IndexOf('#');
        if (fragment >= 0)
        {
            if (!IsMadeOf(rest[(fragment + 1)..], ":@/?"))
            {
                return false;
            }

            rest = rest[..fragment];
        }

        var query = rest.IndexOf('?');
        if (query >= 0)
        {
            if (!IsMadeOf(rest[(query + 1)..], ":@/?"))
            {
                return false;
            }

            rest = rest[..query];
        }

        if (!rest.StartsWith("//"))
        {
            return IsMadeOf(rest, ":@/");
        }

        rest = rest[2..];
        var path = rest.IndexOf('/');
        return path < 0 ? IsAuthority(rest) : IsAuthority(rest[..path]) && IsMadeOf(rest[path..], ":@/");
    }

    private static bool IsAuthority(ReadOnlySpan<char> authority)
    {
        var at = authority.LastIndexOf('@');
        if (at >= 0 && !IsMadeOf(authority[..at], ":"))
        {
            return false;
        }

        var host = authority[(at + 1)..];
        var end = host.StartsWith("[") ? host.IndexOf(']') + 1 : host.IndexOf(':') is var colon and >= 0 ? colon : host.Length;
        var port = host[end..];
        if (port.Length > 0 && (port[0] != ':' || port[1..].ContainsAnyExceptInRange('0', '9')))
        {
            return false;
        }

        return host.StartsWith("[")
            ? end > 2 && NetworkFormats.IsIPv6(host[1..(end - 1)].ToString())
            : IsMadeOf(host[..end], "");
    }

    /// <summary>Unreserved characters, sub-delimiters, well-formed percent escapes, and those named.</summary>
    private static bool IsMadeOf(ReadOnlySpan<char> text, string also)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                {
                    return false;
                }

                i += 2;
            }
            else if (!char.IsAsciiLetterOrDigit(c) && !Unreserved.Contains(c, StringComparison.Ordinal) && !SubDelimiters.Contains(c, StringComparison.Ordinal) && !also.Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
