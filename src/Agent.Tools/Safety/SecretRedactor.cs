using System.Text.Encodings.Web;

namespace Agent.Tools.Safety;

/// <summary>Takes known secrets out of texts that leave a tool, as they are, percent-encoded and JSON-escaped. Immutable.</summary>
internal sealed class SecretRedactor
{
    internal const string Mask = "***";

    // Shorter values are no secrets, and masking them would tear ordinary words.
    private const int ShortestSecret = 4;

    private readonly string[] _forms;

    internal SecretRedactor(IEnumerable<string> secrets) =>
        _forms =
        [
            .. secrets
                .Where(secret => secret.Length >= ShortestSecret)
                .SelectMany(secret => new[] { secret, Uri.EscapeDataString(secret), JavaScriptEncoder.Default.Encode(secret), JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret) })
                .Distinct(StringComparer.Ordinal)
                .OrderByDescending(form => form.Length),
        ];

    internal string Redact(string text)
    {
        foreach (var form in _forms)
        {
            text = text.Replace(form, Mask, StringComparison.Ordinal);
        }

        return text;
    }
}
