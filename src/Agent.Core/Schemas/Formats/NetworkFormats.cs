using System.Net;
using System.Net.Sockets;

namespace Agent.Core.Schemas.Formats;

/// <summary>Names and addresses of hosts and mailboxes.</summary>
internal static class NetworkFormats
{
    private const string AtomSymbols = "!#$%&'*+-/=?^_`{|}~";

    /// <summary>RFC 1123: labels of letters, digits and inner hyphens.</summary>
    public static bool IsHostname(string text) =>
        text.Length is > 0 and <= 253 && text.Split('.').All(label =>
            label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));

    /// <summary>Four decimal numbers without leading zeros, which some readers take for octal.</summary>
    public static bool IsIPv4(string text) =>
        text.Length <= 15 && text.Split('.') is { Length: 4 } parts && parts.All(part =>
            part.Length is > 0 and <= 3 && part.All(char.IsAsciiDigit) && (part.Length == 1 || part[0] != '0') && int.Parse(part) <= 255);

    /// <summary>RFC 4291, without zone and brackets.</summary>
    public static bool IsIPv6(string text)
    {
        if (text.Length > 45 || !text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.') || !text.Contains(':', StringComparison.Ordinal))
        {
            return false;
        }

        return (!text.Contains('.', StringComparison.Ordinal) || IsIPv4(text[(text.LastIndexOf(':') + 1)..])) &&
            IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    /// <summary>RFC 5321: a mailbox with a dotted or quoted local part, at a host name or an address in brackets.</summary>
    public static bool IsEmail(string text)
    {
        var at = text.LastIndexOf('@');
        return at is > 0 and <= 64 && IsLocalPart(text[..at]) && IsMailDomain(text[(at + 1)..]);
    }

    private static bool IsLocalPart(string text) => text is ['"', .., '"']
        ? IsQuoted(text.AsSpan(1, text.Length - 2))
        : text.Split('.').All(atom => atom.Length > 0 && atom.All(c => char.IsAsciiLetterOrDigit(c) || AtomSymbols.Contains(c, StringComparison.Ordinal)));

    private static bool IsQuoted(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                return false;
            }

            if (i >= text.Length || text[i] is < ' ' or > '~')
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsMailDomain(string text)
    {
        if (text is not ['[', .., ']'])
        {
            return IsHostname(text);
        }

        var address = text[1..^1];
        return address.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase) ? IsIPv6(address[5..]) : IsIPv4(address);
    }
}
