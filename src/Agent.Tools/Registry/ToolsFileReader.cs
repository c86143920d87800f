using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Approval;
using Agent.Tools.Masking;
using Agent.Tools.Yaml;

namespace Agent.Tools.Registry;

/// <summary>Turns the value tree of a tools file into definitions.</summary>
internal static class ToolsFileReader
{
    /// <summary>Begins what stands for a missing name in messages; no name may begin with it.</summary>
    private const char Nameless = '#';

    private static readonly string[] Versions = ["1"];

    internal static ToolsFileContent Read(YamlValue? root, SourcePosition start, ToolProblems problems)
    {
        if (root is not YamlMapping mapping)
        {
            if (problems.Count == 0)
            {
                problems.Add(root?.Position ?? start, "the file holds no mapping", "Begin it with \"version: 1\" and \"tools:\"");
            }

            return ToolsFileContent.Empty;
        }

        var reader = new MappingReader(mapping, problems, "the file");
        if (reader.RequiredText("version") is { } version && !Versions.Contains(version.Text, StringComparer.Ordinal))
        {
            problems.Add(version.Position, $"version {version.Shape} is not known", "Write \"version: 1\"");
        }

        var mask = MaskReader.Read(reader.Mapping("masking"), problems);
        var defaults = ReadDefaults(reader.Mapping("defaults"), problems);
        var tools = new List<ToolDefinition>();
        var rejected = new List<ToolDefinition>();
        var places = new Dictionary<string, SourcePosition>(StringComparer.Ordinal);
        foreach (var (item, index) in (reader.Sequence("tools")?.Items ?? []).Select((item, index) => (item, index)))
        {
            if (ReadTool(item, index, defaults, problems) is not { } tool)
            {
                continue;
            }

            if (tool.Name.StartsWith(Nameless))
            {
                rejected.Add(tool);
            }
            else if (places.TryAdd(tool.Name, tool.Position))
            {
                tools.Add(tool);
            }
            else
            {
                problems.Add(tool.Position, $"duplicate tool name \"{tool.Name}\"; the first is on line {places[tool.Name].Line}", "Rename one of the two");
                rejected.Add(tool);
            }
        }

        reader.End();
        return new ToolsFileContent(tools, rejected, mask);
    }

    private static ToolLimits ReadDefaults(YamlMapping? mapping, ToolProblems problems)
    {
        if (mapping is null)
        {
            return new ToolLimits();
        }

        var reader = new MappingReader(mapping, problems, "defaults");
        var limits = ToolLimitsReader.Read(reader.Mapping("limits"), new ToolLimits(), problems, "defaults");
        reader.End();
        return limits;
    }

    private static ToolDefinition? ReadTool(YamlValue item, int index, ToolLimits defaults, ToolProblems problems)
    {
        if (item is not YamlMapping mapping)
        {
            problems.Add(item.Position, $"entry {index + 1} of \"tools\" is {item.Shape}", "Write a mapping with name, description and kind");
            return null;
        }

        var named = mapping.Find("name")?.Value is YamlScalar { IsNull: false, Text.Length: > 0 } scalar ? $"tool \"{scalar.Text}\"" : $"tool {index + 1}";
        var reader = new MappingReader(mapping, problems, named);
        var name = reader.RequiredText("name");
        if (name is not null && !ToolNameRule.Allows(name.Text))
        {
            problems.Add(name.Position, $"tool name {name.Shape} is not allowed", $"Use {ToolNameRule.Words}");
        }

        var description = reader.Text("description");
        var kind = reader.RequiredText("kind");
        var parameters = ReadParameters(reader, named, problems);
        var options = reader.Mapping("options");
        var limits = reader.Mapping("limits");
        var definition = new ToolDefinition
        {
            Name = name?.Text ?? $"{Nameless}{index + 1}",
            Description = string.IsNullOrWhiteSpace(description?.Text) ? null : description.Text.Trim(),
            Kind = kind?.Text ?? string.Empty,
            Parameters = parameters,
            Options = options ?? new YamlMapping(mapping.Position, []),
            Limits = ToolLimitsReader.Read(limits, defaults, problems, named),
            IsIdempotent = reader.Boolean("idempotent"),
            Effects = ReadEffects(reader),
            Approval = ToolApprovalReader.Read(reader, problems, named),
            ApprovalPosition = mapping.Find("approval")?.Value.Position ?? mapping.Position,
            Position = name?.Position ?? mapping.Position,
            Source = mapping,
            ParametersSource = mapping.Find("parameters")?.Value as YamlMapping,
            KindPosition = kind?.Position ?? mapping.Position,
            RetriesPosition = limits?.Find("retries")?.Value.Position,
        };
        reader.End();
        return kind is null ? null : definition;
    }

    private static ToolEffects? ReadEffects(MappingReader reader) => reader.Choice("effects", string.Empty, "read", "write") switch
    {
        "read" => ToolEffects.Read,
        "write" => ToolEffects.Write,
        _ => null,
    };

    private static JsonElement? ReadParameters(MappingReader reader, string owner, ToolProblems problems)
    {
        if (reader.Mapping("parameters") is not { } mapping)
        {
            return null;
        }

        var schema = YamlJson.ToJson(mapping, problems);
        if (!schema.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals("object"))
        {
            problems.Add(mapping.Position, $"\"parameters\" of {owner} is not a schema of an object", "Write \"type: object\" and list the arguments under \"properties\"");
        }

        return schema;
    }
}
