using System.Text.Json;
using Agent.Tools.Templates;

namespace Agent.Tools.Process;

/// <summary>
/// One text of <c>args</c>. It becomes exactly one argument of the program, whatever the values are; only where it is nothing
/// but one placeholder does a list become one argument for each of its items.
/// </summary>
internal sealed class ArgumentItem(IReadOnlyList<TemplatePart> parts)
{
    internal IEnumerable<string> Arguments => parts.Where(part => part.IsArgument).Select(part => part.Text);

    /// <summary>Whether a value could make an option of it: nothing of the author stands before the value.</summary>
    internal bool BeginsWithArgument => parts is [{ IsArgument: true }, ..];

    /// <summary>What stands before the first placeholder.</summary>
    internal string Prefix => string.Concat(parts.TakeWhile(part => !part.IsArgument).Select(part => part.Text));

    /// <summary>The text where it holds no placeholder; else null.</summary>
    internal string? Literal => parts.Any(part => part.IsArgument) ? null : string.Concat(parts.Select(part => part.Text));

    internal IEnumerable<string> Render(CallArguments values)
    {
        if (parts is [{ IsArgument: true } only] && values.Find(only.Text) is { ValueKind: JsonValueKind.Array } list)
        {
            return list.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.Null).Select(CallArguments.Text);
        }

        return [values.Render(parts)];
    }
}
