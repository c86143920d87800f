using System.Text.Encodings.Web;

namespace Agent.Tools.Safety;

/// <summary>
/// Takes known secrets out of texts that leave a tool, as they are, percent-encoded and JSON-escaped. Secrets that are only
/// given at run time, access tokens for example, can be added. Thread-safe.
/// </summary>
internal sealed class SecretRedactor
{
    internal const string Mask = "***";

    // Shorter values are no secrets, and masking them would tear ordinary words.
    private const int ShortestSecret = 4;

    // Tokens are replaced all day; an old one can only still appear in an answer that was under way.
    private const int MaximumAdded = 8;

    private readonly Lock _lock = new();
    private readonly string[] _fixed;
    private readonly Queue<string> _added = new();
    private volatile string[] _forms;

    internal SecretRedactor(IEnumerable<string> secrets)
    {
        _fixed = [.. secrets];
        _forms = Forms(_fixed);
    }

    /// <summary>Adds a secret; of those added, the latest eight are kept.</summary>
    internal void Add(string secret)
    {
        lock (_lock)
        {
            _added.Enqueue(secret);
            if (_added.Count > MaximumAdded)
            {
                _added.Dequeue();
            }

            _forms = Forms([.. _fixed, .. _added]);
        }
    }

    internal string Redact(string text)
    {
        foreach (var form in _forms)
        {
            text = text.Replace(form, Mask, StringComparison.Ordinal);
        }

        return text;
    }

    private static string[] Forms(IEnumerable<string> secrets) =>
    [
        .. secrets
            .Where(secret => secret.Length >= ShortestSecret)
            .SelectMany(secret => new[] { secret, Uri.EscapeDataString(secret), JavaScriptEncoder.Default.Encode(secret), JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret) })
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(form => form.Length),
    ];
}
