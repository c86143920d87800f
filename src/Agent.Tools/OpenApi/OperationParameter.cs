using System.Text.Json;
using Agent.Tools.Json;

namespace Agent.Tools.OpenApi;

/// <summary>A parameter of an operation, and how it is sent.</summary>
internal sealed class OperationParameter
{
    private OperationParameter(JsonElement definition, OpenApiDocument document)
    {
        Name = JsonRead.Text(definition, "name") ?? string.Empty;
        Place = JsonRead.Text(definition, "in") ?? string.Empty;
        Description = JsonRead.Text(definition, "description");
        IsRequired = Place == "path" || JsonRead.Flag(definition, "required") == true;
        Schema = definition.TryGetProperty("schema", out var schema) ? schema : default;
        Obstacle = FindObstacle(definition, Types(document));
    }

    internal string Name { get; }

    /// <summary><c>in</c>: path, query, header or cookie.</summary>
    internal string Place { get; }

    internal string? Description { get; }

    internal bool IsRequired { get; }

    /// <summary>The schema; undefined where there is none.</summary>
    internal JsonElement Schema { get; }

    /// <summary>What stands between the items of a list, encoded; null repeats the parameter.</summary>
    internal string? EncodedSeparator { get; private set; }

    /// <summary>Why it cannot be sent; null where it can.</summary>
    internal string? Obstacle { get; }

    /// <summary>The parameters of an operation, those of its path included; an operation's own come in their place.</summary>
    internal static IReadOnlyList<OperationParameter> Of(OpenApiOperation operation, OpenApiDocument document)
    {
        var parameters = new OrderedDictionary<(string, string), OperationParameter>();
        foreach (var item in JsonRead.Items(operation.PathItem, "parameters").Concat(JsonRead.Items(operation.Definition, "parameters")))
        {
            var definition = document.Resolve(item);
            if (definition.ValueKind != JsonValueKind.Object)
            {
                throw new OpenApiException("a parameter is no object", "Correct the document");
            }

            var parameter = new OperationParameter(definition, document);
            parameters[(parameter.Name, parameter.Place)] = parameter;
        }

        return [.. parameters.Values];
    }

    private string? FindObstacle(JsonElement definition, HashSet<string> types)
    {
        if (Name.Length == 0 || Place is not ("path" or "query" or "header"))
        {
            return $"it goes into \"{Place}\"";
        }

        if (Schema.ValueKind == JsonValueKind.Undefined)
        {
            return "it has no \"schema\"";
        }

        var style = JsonRead.Text(definition, "style") ?? (Place == "query" ? "form" : "simple");
        if (types.Contains("object") || (types.Contains("array") && Place != "query"))
        {
            return $"it is a list or an object in the {Place}";
        }

        var explodes = JsonRead.Flag(definition, "explode") ?? style == "form";
        EncodedSeparator = (style, explodes) switch
        {
            (_, true) => null,
            ("spaceDelimited", _) => "%20",
            ("pipeDelimited", _) => "%7C",
            _ => ",",
        };
        var isKnown = Place == "query" ? style is "form" or "spaceDelimited" or "pipeDelimited" : style == "simple";
        return isKnown ? null : $"its style is {style}";
    }

    private HashSet<string> Types(OpenApiDocument document)
    {
        var schema = document.Resolve(Schema);
        return JsonRead.Text(schema, "type") is { } type
            ? [type]
            : [.. JsonRead.Items(schema, "type").Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)];
    }
}
