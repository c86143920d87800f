using Agent.Core.Agents;
using Agent.Tools.Templates;

namespace Agent.Tools.Http;

/// <summary>What stands between two slashes of a URL's path; arguments in it can never become more than one segment.</summary>
internal sealed class PathSegment(IReadOnlyList<TemplatePart> encodedParts)
{
    // Servers and proxies in front of them are known to decode once or twice more than they should.
    private const int DecodingRounds = 3;

    internal IEnumerable<string> Arguments => encodedParts.Where(part => part.IsArgument).Select(part => part.Text);

    internal string Render(CallArguments arguments)
    {
        foreach (var name in Arguments)
        {
            Check(name, arguments.Text(name));
        }

        var rendered = string.Concat(encodedParts.Select(part => part.IsArgument ? Uri.EscapeDataString(arguments.Text(part.Text)) : part.Text));
        if (rendered is "." or "..")
        {
            throw new ToolException($"The arguments {string.Join(", ", Arguments)} lead out of the URL's path. Pass plain values.");
        }

        return rendered;
    }

    private static void Check(string name, string value)
    {
        if (value.Length == 0)
        {
            throw new ToolException($"The argument {name} must not be empty.");
        }

        for (var round = 0; round < DecodingRounds; round++)
        {
            if (value.Split('/', '\\').Any(segment => segment.Split(';')[0] is "." or ".."))
            {
                throw new ToolException($"The argument {name} must not hold \"..\" or \".\" as a part of a path.");
            }

            value = Uri.UnescapeDataString(value);
        }
    }
}
