using Agent.Tools.Safety;
using Agent.Tools.Yaml;

namespace Agent.Tools.Registry;

/// <summary>Collects everything that is wrong, so that a person sees all of it at once. Not thread-safe.</summary>
public sealed class ToolProblems
{
    private readonly List<ToolProblem> _items = [];

    /// <summary>How many there are.</summary>
    public int Count => _items.Count;

    /// <summary>Adds one.</summary>
    /// <param name="position">Where it is.</param>
    /// <param name="message">What is wrong, without a full stop; it names the key and the tool, and holds no secret.</param>
    /// <param name="fix">What to change.</param>
    public void Add(SourcePosition position, string message, string fix) =>
        _items.Add(new ToolProblem(position.File, position.Line, position.Column, SingleLine.Of(message), SingleLine.Of(fix)));

    /// <summary>The problems by file and place.</summary>
    public IReadOnlyList<ToolProblem> Sorted() =>
        [.. _items.Distinct().OrderBy(problem => problem.File, StringComparer.Ordinal).ThenBy(problem => problem.Line).ThenBy(problem => problem.Column)];

    /// <summary>Throws when there is any.</summary>
    /// <exception cref="ToolsFileException">There is at least one problem.</exception>
    public void ThrowIfAny()
    {
        if (_items.Count > 0)
        {
            throw new ToolsFileException(Sorted());
        }
    }
}
