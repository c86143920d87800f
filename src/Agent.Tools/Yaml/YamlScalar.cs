using Agent.Tools.Safety;

namespace Agent.Tools.Yaml;

/// <summary>A single text, number, truth value or null.</summary>
public sealed class YamlScalar : YamlValue
{
    private const int LongestExcerpt = 40;

    internal YamlScalar(SourcePosition position, string text, bool isPlain)
        : base(position)
    {
        Text = text;
        IsPlain = isPlain;
    }

    /// <summary>The text after YAML's unquoting; never null.</summary>
    public string Text { get; }

    /// <summary>True without quotes: only a plain scalar can be a number, a truth value or null.</summary>
    public bool IsPlain { get; }

    /// <summary>True for <c>null</c>, <c>~</c> and a plain empty value.</summary>
    public bool IsNull => IsPlain && (Text is "" or "~" or "null" or "Null" or "NULL");

    /// <inheritdoc/>
    public override string Shape => IsNull ? "nothing" : $"\"{TextCut.Head(Text, LongestExcerpt)}\"";
}
