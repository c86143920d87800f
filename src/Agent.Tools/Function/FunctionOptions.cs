using Agent.Tools.Registry;
using Agent.Tools.Yaml;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Function;

/// <summary>The options of one <c>kind: function</c> tool.</summary>
internal sealed record FunctionOptions
{
    /// <summary><c>function</c>: the C# function, found by the name it was registered under.</summary>
    internal required AIFunction Function { get; init; }

    /// <summary>The options, or null after a problem.</summary>
    internal static FunctionOptions? Read(ToolDefinition definition, ToolKindContext context)
    {
        var reader = context.ReadOptions(definition);
        var name = reader.RequiredText("function");
        reader.End();
        if (name is null)
        {
            return null;
        }

        if (context.Functions.TryGetValue(name.Text, out var function))
        {
            return new FunctionOptions { Function = function };
        }

        var known = context.Functions.Keys.Order(StringComparer.Ordinal).ToList();
        var fix = Suggestion.For(name.Text, known, "Registered functions");
        context.Problems.Add(name.Position, $"function \"{name.Text}\" of tool \"{definition.Name}\" is not registered in C#", fix);
        return null;
    }
}
