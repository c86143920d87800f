using Agent.Core.Agents;
using Agent.Tools.Templates;

namespace Agent.Tools.Process;

/// <summary>
/// <c>args</c>: groups of items, most of them of one. A group is left out where an argument in it is absent.
/// </summary>
/// <param name="groups">The groups in order.</param>
/// <param name="allowLeadingDash">Whether values may look like options.</param>
/// <param name="isWindows">Whether options may begin with a slash.</param>
internal sealed class ArgumentList(IReadOnlyList<IReadOnlyList<ArgumentItem>> groups, bool allowLeadingDash, bool isWindows)
{
    private const string EndOfOptions = "--";

    /// <summary>The arguments of one run.</summary>
    /// <exception cref="ToolException">A value cannot be an argument, or looks like an option.</exception>
    internal List<string> Render(CallArguments values)
    {
        var arguments = new List<string>();
        var mayBeOption = true;
        foreach (var item in groups.Where(group => IsComplete(group, values)).SelectMany(group => group))
        {
            foreach (var argument in item.Render(values))
            {
                if (argument.Contains('\0', StringComparison.Ordinal))
                {
                    throw new ToolException($"The argument {Names(item)} holds a NUL character, which a program cannot take. Leave it out.");
                }

                if (mayBeOption && !allowLeadingDash && item.BeginsWithArgument && LooksLikeOption(argument))
                {
                    throw new ToolException($"The argument {Names(item)} begins with \"{argument[0]}\", which the program would take for an option. Pass a value that begins with something else.");
                }

                arguments.Add(argument);
            }

            mayBeOption &= item.Literal != EndOfOptions;
        }

        return arguments;
    }

    private bool LooksLikeOption(string argument) => argument.StartsWith('-') || (isWindows && argument.StartsWith('/'));

    private static bool IsComplete(IReadOnlyList<ArgumentItem> group, CallArguments values) =>
        group.All(item => item.Arguments.All(name => values.Find(name) is not null));

    private static string Names(ArgumentItem item) => string.Join(", ", item.Arguments.Distinct(StringComparer.Ordinal));
}
