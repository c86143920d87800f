namespace Agent.Tools.Yaml;

/// <summary>A single text, number, truth value or null.</summary>
public sealed class YamlScalar : YamlValue
{
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
    public override string Shape => IsNull ? "nothing" : $"\"{Excerpt(Text)}\"";

    private static string Excerpt(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "...");
}
