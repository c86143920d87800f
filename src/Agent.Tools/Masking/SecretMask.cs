using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.Core.Agents;

namespace Agent.Tools.Masking;

/// <summary>Puts <c>[name]</c> in the place of every secret of the declared patterns. Immutable and thread-safe.</summary>
/// <remarks>
/// Text that is one JSON value stays one: strings are masked by what they say, whatever their escapes, a number that is a secret
/// becomes a string, and names of properties and the layout stay as they are.
/// </remarks>
public sealed class SecretMask : ITextMask
{
    private const string Unsearchable = "[hidden: looking for secrets took too long]";
    private readonly IReadOnlyList<MaskPattern> _patterns;

    internal SecretMask(IReadOnlyList<MaskPattern> patterns, bool beforeModel)
    {
        _patterns = patterns;
        BeforeModel = beforeModel;
    }

    /// <summary>A mask that changes nothing.</summary>
    public static SecretMask None { get; } = new([], beforeModel: false);

    /// <summary>Whether tool results are masked before the model reads them, and not only in logs and events (<c>before_model</c>).</summary>
    public bool BeforeModel { get; }

    /// <summary>One mask of several: all patterns, before the model where any of them is.</summary>
    internal static SecretMask Combine(IEnumerable<SecretMask> masks)
    {
        var all = masks.Where(mask => mask._patterns.Count > 0).ToList();
        return all.Count switch
        {
            0 => None,
            1 => all[0],
            _ => new SecretMask([.. all.SelectMany(mask => mask._patterns).Distinct()], all.Exists(mask => mask.BeforeModel)),
        };
    }

    /// <inheritdoc/>
    public string Mask(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _patterns.Count == 0 ? text : MaskJson(text) ?? MaskText(text);
    }

    private string MaskText(string text)
    {
        try
        {
            foreach (var pattern in _patterns)
            {
                text = pattern.Expression.Replace(text, match => pattern.IsSecret?.Invoke(match.ValueSpan) is false ? match.Value : pattern.Replacement);
            }

            return text;
        }
        catch (RegexMatchTimeoutException)
        {
            // What could not be searched is not shown.
            return Unsearchable;
        }
    }

    /// <summary>Masks the values of a JSON text; null where it is none.</summary>
    private string? MaskJson(string text)
    {
        if (text.AsSpan().TrimStart() is not ['{' or '[' or '"', ..])
        {
            return null;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        var output = new ArrayBufferWriter<byte>(bytes.Length);
        var copied = 0;
        try
        {
            var reader = new Utf8JsonReader(bytes);
            while (reader.Read())
            {
                if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
                {
                    continue;
                }

                var value = reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan);
                var masked = MaskText(value);
                if (!ReferenceEquals(masked, value) && masked != value)
                {
                    output.Write(bytes.AsSpan(copied, (int)reader.TokenStartIndex - copied));
                    output.Write("\""u8);
                    output.Write(Encoding.UTF8.GetBytes(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(masked)));
                    output.Write("\""u8);
                    copied = (int)reader.BytesConsumed;
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }

        output.Write(bytes.AsSpan(copied));
        return copied == 0 ? text : Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
