using System.Text.Json;

namespace Agent.Tools.Http;

/// <summary>
/// One <c>name=value</c> of a query or a form, literals already percent-encoded. A value that is nothing but one argument is
/// left out when the argument is, and repeated for each item of a list.
/// </summary>
internal sealed class QueryParameter(string encodedName, IReadOnlyList<TemplatePart>? encodedValue)
{
    internal IEnumerable<string> Render(HttpArguments arguments)
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
            { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select(item => Pair(Uri.EscapeDataString(HttpArguments.Text(item)))),
            { } value => [Pair(Uri.EscapeDataString(HttpArguments.Text(value)))],
        };
    }

    private string Pair(string value) => $"{encodedName}={value}";
}
