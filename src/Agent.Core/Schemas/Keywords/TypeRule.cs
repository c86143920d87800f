using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>type</c> and <c>nullable</c>.</summary>
internal sealed class TypeRule(JsonTypes types) : SchemaRule
{
    private static readonly (JsonTypes Type, string Keyword, string Words)[] s_names =
    [
        (JsonTypes.String, "string", "a string"),
        (JsonTypes.Number, "number", "a number"),
        (JsonTypes.Integer, "integer", "an integer"),
        (JsonTypes.Boolean, "boolean", "true or false"),
        (JsonTypes.Object, "object", "an object"),
        (JsonTypes.Array, "array", "an array"),
        (JsonTypes.Null, "null", "null"),
    ];

    public override bool IsDecisive => true;

    public JsonTypes Types { get; } = types;

    public static bool TryParse(string name, out JsonTypes type)
    {
        type = s_names.FirstOrDefault(each => each.Keyword == name).Type;
        return type != JsonTypes.None;
    }

    public static string Words(JsonTypes types)
    {
        var words = s_names.Where(each => types.HasFlag(each.Type)).Select(each => each.Words).ToArray();
        return words.Length == 1 ? words[0] : $"{string.Join(", ", words[..^1])} or {words[^1]}";
    }

    public static bool Matches(JsonTypes types, JsonElement instance) => instance.ValueKind switch
    {
        JsonValueKind.String => types.HasFlag(JsonTypes.String),
        JsonValueKind.Number => types.HasFlag(JsonTypes.Number) || (types.HasFlag(JsonTypes.Integer) && ExactNumber.From(instance).IsInteger),
        JsonValueKind.True or JsonValueKind.False => types.HasFlag(JsonTypes.Boolean),
        JsonValueKind.Object => types.HasFlag(JsonTypes.Object),
        JsonValueKind.Array => types.HasFlag(JsonTypes.Array),
        JsonValueKind.Null => types.HasFlag(JsonTypes.Null),
        _ => false,
    };

    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        if (Matches(Types, instance))
        {
            return true;
        }

        evaluation.Report($"{evaluation.Subject()} must be {Words(Types)} but was {JsonText.Describe(instance)}", SchemaMismatch.Kind);
        return false;
    }
}
