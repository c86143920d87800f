using System.Diagnostics.CodeAnalysis;
using Agent.Core.Names;
using Agent.Host.Evaluation.Suites;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Tools.Suites;

/// <summary>The named tool sets that cases refer to, read when the first case asks.</summary>
/// <param name="file">The file: an object from the set's name to an array of tools.</param>
/// <param name="problems">Receives what is wrong with it, once.</param>
internal sealed class ToolSets(string file, List<SuiteProblem> problems)
{
    private Dictionary<string, IReadOnlyList<AIFunctionDeclaration>>? _sets;
    private bool _isRead;

    /// <summary>Reads the file, unless that has been done.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        if (_isRead)
        {
            return;
        }

        _isRead = true;
        if (await SuiteText.ReadAsync(file, "Name the file with --toolsets, or give each case its own \"tools\"", problems, cancellationToken) is { } text
            && SuiteText.Parse(text, file, line: 1, problems) is { } element)
        {
            var root = new SuiteNode(element, file, string.Empty, problems);
            _sets = root.IsObject() ? root.Properties().ToDictionary(set => set.Name, set => ToolDeclarationReader.Read(set.Node), StringComparer.Ordinal) : null;
        }
    }

    /// <summary>The tools of the set that a case names; a file that cannot be read has been reported already.</summary>
    public bool TryGet(SuiteNode reference, [NotNullWhen(true)] out IReadOnlyList<AIFunctionDeclaration>? tools)
    {
        tools = null;
        if (reference.Text() is not { } name || _sets is null)
        {
            return false;
        }

        if (!_sets.TryGetValue(name, out tools))
        {
            reference.Report(
                $"there is no tool set \"{name}\" in {file}",
                NearestName.Find(name, _sets.Keys) is { } nearest ? $"Did you mean \"{nearest}\"?" : $"The sets are {(_sets.Count == 0 ? "none" : string.Join(", ", _sets.Keys))}");
        }

        return tools is not null;
    }
}
