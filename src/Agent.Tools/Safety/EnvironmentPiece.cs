namespace Agent.Tools.Safety;

/// <summary>A piece of a text: written by the author of the file, or the value of an environment variable.</summary>
internal sealed class EnvironmentPiece(string text, bool isSecret)
{
    internal string Text { get; } = text;

    /// <summary>True for the value of a variable: it must not appear in messages, logs or results.</summary>
    internal bool IsSecret { get; } = isSecret;

    public override string ToString() => IsSecret ? SecretRedactor.Mask : Text;
}
