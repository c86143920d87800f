namespace Agent.Core.Agents;

/// <summary>Hides what must not stand in logs and events. Implementations are thread-safe.</summary>
public interface ITextMask
{
    /// <summary>The text with secrets replaced; text that is one JSON value stays one.</summary>
    string Mask(string text);
}
