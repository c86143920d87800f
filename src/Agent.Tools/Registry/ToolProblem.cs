using Agent.Tools.Yaml;

namespace Agent.Tools.Registry;

/// <summary>Something wrong in a tools file, with its place and what to do about it.</summary>
/// <param name="File">The file as it was named by the caller.</param>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Column">The column in characters, counted from 1.</param>
/// <param name="Message">What is wrong; it names the key and the tool.</param>
/// <param name="Fix">What to change.</param>
public sealed record ToolProblem(string File, int Line, int Column, string Message, string Fix)
{
    /// <summary>The one-line form: <c>tools.yaml:12:5: unknown key "descripton" in tool "x". Did you mean "description"?</c></summary>
    public override string ToString()
    {
        var end = Fix.EndsWith('?') || Fix.EndsWith('.') ? string.Empty : ".";
        return $"{new SourcePosition(File, Line, Column)}: {Message}. {Fix}{end}";
    }
}
