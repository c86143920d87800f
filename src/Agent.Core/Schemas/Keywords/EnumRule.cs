using System.Collections.Frozen;
using System.Text.Json;
using Agent.Core.Names;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>enum</c>.</summary>
internal sealed class EnumRule : SchemaRule
{
    private readonly FrozenSet<JsonElement> _values;
    private readonly string[] _texts;
    private readonly string _list;

    public EnumRule(JsonElement values)
    {
        _values = values.EnumerateArray().ToFrozenSet(JsonValueComparer.Instance);
        _texts = [.. values.EnumerateArray().Where(value => value.ValueKind == JsonValueKind.String).Select(value => value.GetString()!)];
        _list = JsonText.List([.. values.EnumerateArray().Select(JsonText.Show)]);
    }

    public override bool IsDecisive => true;

    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        if (!evaluation.SpendOn(instance))
        {
            return false;
        }

        if (_values.Contains(instance))
        {
            return true;
        }

        var hint = instance.ValueKind == JsonValueKind.String && NearestName.Find(instance.GetString()!, _texts) is { } near
            ? $"; did you mean {JsonText.Quote(near)}?"
            : "";
        evaluation.Report($"{evaluation.Subject()} must be one of {_list} but was {JsonText.Show(instance)}{hint}", SchemaMismatch.Kind);
        return false;
    }
}
