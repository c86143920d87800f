using System.Text.Json;
using Agent.Tools.Templates;

namespace Agent.Tools.Http;

/// <summary>
/// One <c>name=value</c> of a query or a form, literals already percent-encoded. A value that is nothing but one argument is
/// left out when the argument is; a list is joined by the separator, or without one repeated for each item.
/// </summary>
internal sealed class QueryParameter(string encodedName, IReadOnlyList<TemplatePart>? encodedValue, string? encodedSeparator = null)
{
    internal string EncodedName => encodedName;

    internal IEnumerable<string> Render(CallArguments arguments)
    {
        if (encodedValue is null)
        {
            return [encodedName];
        }

        if (encodedValue is not [{ IsArgument: true } only])
        {
            return [Pair(string.Concat(encodedValue.Select(part => part.IsArgument ? Uri.EscapeDataString(arguments.Text(part.Text)) : part.Text)))];
        }

        return arguments.Find(only.Text) switch
        {
            null => [],
            { ValueKind: JsonValueKind.Array } list when encodedSeparator is not null =>
                [Pair(string.Join(encodedSeparator, list.EnumerateArray().Select(item => Uri.EscapeDataString(CallArguments.Text(item)))))],
            { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select(item => Pair(Uri.EscapeDataString(CallArguments.Text(item)))),
            { } value => [Pair(Uri.EscapeDataString(CallArguments.Text(value)))],
        };
    }

    private string Pair(string value) => $"{encodedName}={value}";
}
