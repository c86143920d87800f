namespace Agent.Tools.Templates;

/// <summary>A piece of a template: a literal, or the place of an argument.</summary>
internal sealed class TemplatePart(string text, bool isArgument, bool isSecret = false)
{
    /// <summary>The literal text, or the argument's name.</summary>
    internal string Text { get; } = text;

    internal bool IsArgument { get; } = isArgument;

    /// <summary>True for a literal that came from the environment.</summary>
    internal bool IsSecret { get; } = isSecret;
}
