using System.ComponentModel;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Function;

/// <summary>How a method is read: its schema with the descriptions of attributes and XML documentation, its arguments with clear errors.</summary>
internal static class ToolMethodOptions
{
    private static readonly AIJsonSchemaCreateOptions Schema = new()
    {
        ParameterDescriptionProvider = parameter => parameter.GetCustomAttribute<DescriptionAttribute>()?.Description ?? XmlDocumentation.Parameter(parameter),
        TransformSchemaNode = Describe,
    };

    internal static AIFunctionFactoryOptions For(ToolMethod method) => new()
    {
        Name = method.Name,
        Description = method.Description,
        JsonSchemaCreateOptions = Schema,
        ConfigureParameterBinding = ArgumentBinding.For,
        ExcludeResultSchema = true,
    };

    // Members of the objects that a method takes.
    private static JsonNode Describe(AIJsonSchemaCreateContext context, JsonNode node)
    {
        if (node is JsonObject schema
            && !schema.ContainsKey("description")
            && context.PropertyInfo?.AttributeProvider is PropertyInfo property
            && XmlDocumentation.Summary(property) is { } summary)
        {
            schema.Insert(0, "description", summary);
        }

        return node;
    }
}
