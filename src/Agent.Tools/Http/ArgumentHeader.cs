using Agent.Core.Agents;
using Agent.Tools.Templates;

namespace Agent.Tools.Http;

/// <summary>A header whose value is an argument; it is left out when the argument is.</summary>
internal sealed class ArgumentHeader(string name, string argument)
{
    /// <exception cref="ToolException">The value cannot stand in a header.</exception>
    internal IEnumerable<KeyValuePair<string, string>> Render(CallArguments arguments)
    {
        if (arguments.Find(argument) is not { } value)
        {
            return [];
        }

        var text = CallArguments.Text(value);
        return text.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? throw new ToolException($"The argument {argument} must be one line of ASCII characters.")
            : [new KeyValuePair<string, string>(name, text)];
    }
}
