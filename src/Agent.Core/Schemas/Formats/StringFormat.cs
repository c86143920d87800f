using System.Collections.Frozen;

namespace Agent.Core.Schemas.Formats;

/// <summary>A form of text that <c>format</c> can ask for.</summary>
/// <param name="Words">What a message calls it, with an example.</param>
/// <param name="IsMatch">Whether a text has the form; takes time linear in the text.</param>
internal sealed record StringFormat(string Words, Func<string, bool> IsMatch)
{
    private static readonly FrozenDictionary<string, StringFormat> s_all = new Dictionary<string, StringFormat>
    {
        ["date"] = new("a date such as 2025-01-31", DateTimeFormats.IsDate),
        ["time"] = new("a time with offset such as 14:30:00Z", DateTimeFormats.IsTime),
        ["date-time"] = new("a date and time with offset such as 2025-01-31T14:30:00Z", DateTimeFormats.IsDateTime),
        ["email"] = new("an e-mail address such as name@example.com", NetworkFormats.IsEmail),
        ["hostname"] = new("a host name such as www.example.com", NetworkFormats.IsHostname),
        ["ipv4"] = new("an IPv4 address such as 192.0.2.1", NetworkFormats.IsIPv4),
        ["ipv6"] = new("an IPv6 address such as 2001:db8::1", NetworkFormats.IsIPv6),
        ["uri"] = new("an absolute URI such as https://example.com/path", UriFormat.IsUri),
        ["uuid"] = new("a UUID such as 123e4567-e89b-12d3-a456-426614174000", text => Guid.TryParseExact(text, "D", out _) && text.Length == 36),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names that <c>format</c> may have.</summary>
    public static IEnumerable<string> Names => s_all.Keys.Order(StringComparer.Ordinal);

    /// <summary>The format of a name; null if it is not known.</summary>
    public static StringFormat? Find(string name) => s_all.GetValueOrDefault(name);
}
