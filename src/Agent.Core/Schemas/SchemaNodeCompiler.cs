using System.Text.Json;
using Agent.Core.Schemas.Formats;
using Agent.Core.Schemas.Keywords;

namespace Agent.Core.Schemas;

/// <summary>Compiles the keywords of one schema object into rules.</summary>
internal sealed class SchemaNodeCompiler(SchemaCompiler compiler, SchemaNode node)
{
    private readonly SchemaKeywords _keywords = new(compiler, node);
    private readonly List<SchemaRule> _rules = [];
    private readonly List<SchemaNode> _sameInstance = [];

    public void Compile()
    {
        _keywords.RefuseUnknown();

        // What kind of value it must be comes first: it decides whether the rest is worth saying.
        AddEnum();
        AddConst();
        AddType();
        AddStringRules();
        AddNumberRules();
        AddObjectRules();
        AddArrayRules();
        AddReference();
        AddAlternatives();
        AddConditional();
        _keywords.CompileDefinitions("$defs");
        _keywords.CompileDefinitions("definitions");
        node.Rules = _rules.ToArray();
        node.SameInstance = _sameInstance.ToArray();
    }

    private void AddEnum()
    {
        if (_keywords.Array("enum") is not { } values)
        {
            return;
        }

        if (values.GetArrayLength() == 0)
        {
            throw _keywords.Fault("enum", "an empty list allows nothing", "List the allowed values, or remove the keyword.");
        }

        _rules.Add(new EnumRule(values));
    }

    private void AddConst()
    {
        if (_keywords.Find("const") is { } value)
        {
            _rules.Add(new ConstRule(value));
        }
    }

    private void AddType()
    {
        var nullable = _keywords.Flag("nullable") ?? false;
        if (_keywords.Find("type") is not { } type)
        {
            if (nullable)
            {
                throw _keywords.Fault("nullable", "it widens the keyword \"type\", which is missing here", "Add \"type\", or use {\"type\": [..., \"null\"]}.");
            }

            return;
        }

        var types = JsonTypes.None;
        var names = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().ToArray() : [type];
        foreach (var name in names)
        {
            if (name.ValueKind != JsonValueKind.String || !TypeRule.TryParse(name.GetString()!, out var one))
            {
                throw _keywords.Fault("type", $"{JsonText.Show(name)} is not a type", "Use string, number, integer, boolean, object, array or null, or a list of them.");
            }

            types |= one;
        }

        if (types == JsonTypes.None)
        {
            throw _keywords.Fault("type", "an empty list allows nothing", "Name at least one type.");
        }

        _rules.Add(new TypeRule(nullable ? types | JsonTypes.Null : types));
    }

    private void AddStringRules()
    {
        if (_keywords.Range("minLength", "maxLength") is { } length)
        {
            _rules.Add(new LengthRule(length.Least, length.Most));
        }

        if (_keywords.Text("pattern") is { } pattern)
        {
            _rules.Add(new PatternRule(_keywords.Pattern("pattern", pattern)));
        }

        if (_keywords.Text("format") is { } name)
        {
            _rules.Add(new FormatRule(StringFormat.Find(name) ?? throw _keywords.Fault(
                "format", $"the format {JsonText.Quote(name)} cannot be enforced", $"Use one of {string.Join(", ", StringFormat.Names)}, or describe the form with \"pattern\" or in the description.")));
        }
    }

    private void AddNumberRules()
    {
        foreach (var bound in Enum.GetValues<NumberBound>())
        {
            if (_keywords.Number(NumberBoundRule.KeywordOf(bound)) is { } limit)
            {
                _rules.Add(new NumberBoundRule(bound, limit));
            }
        }

        if (_keywords.Number("multipleOf") is not { } divisor)
        {
            return;
        }

        if (!ExactNumber.From(divisor).IsPositive)
        {
            throw _keywords.Fault("multipleOf", $"{JsonText.Show(divisor)} is not above 0", "Give a positive number.");
        }

        _rules.Add(new MultipleOfRule(divisor));
    }

    private void AddObjectRules()
    {
        if (_keywords.Texts("required") is { Count: > 0 } required)
        {
            _rules.Add(new RequiredRule(required));
        }

        if (_keywords.TextLists("dependentRequired") is { Count: > 0 } dependent)
        {
            _rules.Add(new DependentRequiredRule(dependent));
        }

        var properties = _keywords.Schemas("properties");
        var patterns = _keywords.Schemas("patternProperties")?
            .Select(pair => new PatternProperty(_keywords.Pattern("patternProperties", pair.Key), pair.Value))
            .ToArray();
        var additional = _keywords.Schema("additionalProperties");
        if (properties is not null || patterns is not null || additional is not null)
        {
            _rules.Add(new PropertiesRule(properties ?? [], patterns ?? [], additional));
        }

        if (_keywords.Schema("propertyNames") is { } names)
        {
            _rules.Add(new PropertyNamesRule(names));
        }

        if (_keywords.Range("minProperties", "maxProperties") is { } count)
        {
            _rules.Add(new PropertyCountRule(count.Least, count.Most));
        }
    }

    private void AddArrayRules()
    {
        if (_keywords.Find("items") is { ValueKind: JsonValueKind.Array })
        {
            throw _keywords.Fault("items", "a list of schemas is the form of drafts before 2020-12", "Rename the keyword to \"prefixItems\".");
        }

        var prefix = _keywords.SchemaList("prefixItems");
        var rest = _keywords.Schema("items");
        if (prefix is not null || rest is not null)
        {
            _rules.Add(new ItemsRule(prefix ?? [], rest));
        }

        if (_keywords.Range("minItems", "maxItems") is { } count)
        {
            _rules.Add(new ItemCountRule(count.Least, count.Most));
        }

        if (_keywords.Flag("uniqueItems") == true)
        {
            _rules.Add(new UniqueItemsRule());
        }

        var contained = _keywords.Range("minContains", "maxContains");
        if (_keywords.Schema("contains") is { } contains)
        {
            _rules.Add(new ContainsRule(contains, contained?.Least ?? 1, contained?.Most));
        }
        else if (contained is not null)
        {
            throw _keywords.Fault(
                _keywords.Find("minContains") is null ? "maxContains" : "minContains", "it counts what \"contains\" describes, which is missing here", "Add \"contains\", or use minItems and maxItems.");
        }
    }

    private void AddReference()
    {
        if (_keywords.Text("$ref") is { } reference)
        {
            var target = compiler.NodeOfReference(_keywords.PointerTo("$ref"), reference);
            _sameInstance.Add(target);
            _rules.Add(new AllOfRule([target]));
        }
    }

    private void AddAlternatives()
    {
        if (SameInstanceList("allOf") is { } all)
        {
            _rules.Add(new AllOfRule(all));
        }

        if (SameInstanceList("anyOf") is { } any)
        {
            _rules.Add(new AnyOfRule(any));
        }

        if (SameInstanceList("oneOf") is { } one)
        {
            _rules.Add(new OneOfRule(one));
        }

        if (SameInstance("not") is { } not)
        {
            _rules.Add(new NotRule(not));
        }
    }

    private void AddConditional()
    {
        var condition = SameInstance("if");
        var then = SameInstance("then");
        var otherwise = SameInstance("else");
        if (condition is null && (then ?? otherwise) is not null)
        {
            throw _keywords.Fault(then is null ? "else" : "then", "it depends on \"if\", which is missing here", "Add \"if\", or use \"allOf\".");
        }

        if (condition is not null && (then ?? otherwise) is not null)
        {
            _rules.Add(new ConditionalRule(condition, then, otherwise));
        }
    }

    private SchemaNode? SameInstance(string keyword)
    {
        var schema = _keywords.Schema(keyword);
        if (schema is not null)
        {
            _sameInstance.Add(schema);
        }

        return schema;
    }

    private IReadOnlyList<SchemaNode>? SameInstanceList(string keyword)
    {
        var schemas = _keywords.SchemaList(keyword);
        if (schemas is not null)
        {
            _sameInstance.AddRange(schemas);
        }

        return schemas;
    }
}
