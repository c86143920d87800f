using System.Text.Json;
using Agent.Core.Names;
using Agent.Host.Evaluation.Suites;
using Agent.Host.Evaluation.Tools.Scoring;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Tools.Suites;

/// <summary>Reads what a case expects, and checks it against the tools on offer.</summary>
internal static class ExpectationReader
{
    private static readonly string[] OpenSchemaKeywords = ["$ref", "allOf", "anyOf", "oneOf", "patternProperties", "if", "dependentSchemas"];

    /// <summary>Reads <c>expect</c>.</summary>
    /// <param name="node">The object.</param>
    /// <param name="tools">The tools of the case; null where they are wrong, which has been reported.</param>
    public static (IReadOnlyList<ExpectedCall> Calls, string? Why) Read(SuiteNode node, IReadOnlyList<AIFunctionDeclaration>? tools)
    {
        if (!node.IsObject("calls", "none", "why"))
        {
            return ([], null);
        }

        var why = node.Find("why")?.Text();
        var calls = node.Find("calls");
        var none = node.Find("none");
        if (calls is null == none is null)
        {
            node.Report(calls is null ? "neither \"calls\" nor \"none\" is there" : "both \"calls\" and \"none\" are there", "Write \"calls\" where the turn should call, or \"none\": true where it should not");
            return ([], why);
        }

        if (none is not null && none.Kind != JsonValueKind.True)
        {
            none.Report("this is not true", "Write true, or \"calls\" instead");
        }

        if (calls is null)
        {
            return ([], why);
        }

        var items = calls.Items();
        if (items.Count == 0 && calls.Kind == JsonValueKind.Array)
        {
            calls.Report("there is no call", "Write the calls, or \"none\": true instead");
        }

        return ([.. items.Select(item => ReadCall(item, tools)).OfType<ExpectedCall>()], why);
    }

    private static ExpectedCall? ReadCall(SuiteNode node, IReadOnlyList<AIFunctionDeclaration>? tools)
    {
        const string Form = "Write {\"name\":...,\"arguments\":{...}}";
        if (!node.IsObject("name", "arguments", "alternatives") || node.Require("name", Form) is not { } reference || reference.Text() is not { } name)
        {
            return null;
        }

        var tool = tools?.FirstOrDefault(tool => string.Equals(tool.Name, name, StringComparison.Ordinal));
        if (tool is null && tools is not null)
        {
            string[] names = [.. tools.Select(tool => tool.Name)];
            reference.Report(
                $"the case offers no tool \"{name}\"",
                NearestName.Find(name, names) is { } nearest ? $"Did you mean \"{nearest}\"?" : $"Its tools are {(names.Length == 0 ? "none" : string.Join(", ", names))}");
        }

        var arguments = node.Require("arguments", Form);
        if (arguments?.IsObject() != true)
        {
            return null;
        }

        var known = ParametersOf(tool);
        CheckNames(arguments, known);
        return new ExpectedCall(
            name,
            arguments.Properties().ToDictionary(property => property.Name, property => property.Node.Element, StringComparer.Ordinal),
            ReadAlternatives(node.Find("alternatives"), known));
    }

    private static Dictionary<string, IReadOnlyList<JsonElement>> ReadAlternatives(SuiteNode? node, IReadOnlyList<string>? known)
    {
        var alternatives = new Dictionary<string, IReadOnlyList<JsonElement>>(StringComparer.Ordinal);
        if (node?.IsObject() != true)
        {
            return alternatives;
        }

        CheckNames(node, known);
        foreach (var (name, values) in node.Properties())
        {
            alternatives[name] = [.. values.Items().Select(value => value.Element)];
        }

        return alternatives;
    }

    /// <summary>A model cannot know a parameter that its tool does not declare: the case could never be right.</summary>
    private static void CheckNames(SuiteNode node, IReadOnlyList<string>? known)
    {
        foreach (var (name, property) in known is null ? [] : node.Properties().Where(property => !known.Contains(property.Name, StringComparer.Ordinal)))
        {
            property.Report(
                "the tool has no such parameter",
                NearestName.Find(name, known!) is { } nearest ? $"Did you mean \"{nearest}\"?" : $"Its parameters are {(known!.Count == 0 ? "none" : string.Join(", ", known))}");
        }
    }

    /// <summary>The parameters that a tool declares; null where its schema leaves that open.</summary>
    private static string[]? ParametersOf(AIFunctionDeclaration? tool)
    {
        if (tool is null
            || !tool.JsonSchema.TryGetProperty("properties"u8, out var properties)
            || properties.ValueKind != JsonValueKind.Object
            || OpenSchemaKeywords.Any(keyword => tool.JsonSchema.TryGetProperty(keyword, out _))
            || (tool.JsonSchema.TryGetProperty("additionalProperties"u8, out var more) && more.ValueKind != JsonValueKind.False))
        {
            return null;
        }

        return [.. properties.EnumerateObject().Select(property => property.Name)];
    }
}
