using System.Runtime.InteropServices;

namespace Agent.Tools.Yaml;

/// <summary>A place in a tools file.</summary>
/// <param name="File">The file as it was named by the caller.</param>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Column">The column in characters, counted from 1.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SourcePosition(string File, int Line, int Column)
{
    /// <summary><c>file:line:column</c>, the form that editors and terminals turn into a link.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}";
}
