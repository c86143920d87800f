using System.Text.Json;
using Agent.Host.Evaluation.Suites;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Tools.Suites;

/// <summary>Reads tools in OpenAI's form.</summary>
internal static class ToolDeclarationReader
{
    private static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}"""u8);

    /// <summary>Reads an array of tools; what is wrong is reported, and left out.</summary>
    public static IReadOnlyList<AIFunctionDeclaration> Read(SuiteNode node)
    {
        List<AIFunctionDeclaration> tools = [];
        foreach (var item in node.Items())
        {
            if (ReadOne(item) is not { } tool)
            {
                continue;
            }

            if (tools.Exists(other => string.Equals(other.Name, tool.Name, StringComparison.Ordinal)))
            {
                item.Report($"a second tool is called \"{tool.Name}\"", "Give one of them another name");
                continue;
            }

            tools.Add(tool);
        }

        return tools;
    }

    private static AIFunctionDeclaration? ReadOne(SuiteNode node)
    {
        const string Form = "Write {\"type\":\"function\",\"function\":{\"name\":...,\"description\":...,\"parameters\":{...}}}";
        if (!node.IsObject("type", "function") || node.Require("function", Form) is not { } function || !function.IsObject("name", "description", "parameters", "strict"))
        {
            return null;
        }

        if (node.Find("type") is { } type && type.Text() is { } kind && kind != "function")
        {
            type.Report($"\"{kind}\" is no kind of tool here", "Write \"function\"");
        }

        var name = function.Require("name", Form)?.Text();
        var description = function.Find("description")?.Text() ?? string.Empty;
        var parameters = function.Find("parameters");
        return name is null || parameters?.IsObject() == false ? null : AIFunctionFactory.CreateDeclaration(name, description, parameters?.Element ?? NoParameters);
    }
}
