using System.Text.Json;

namespace Agent.Tools.Approval.Conditions;

/// <summary>A comparison of two operands.</summary>
internal sealed class ComparisonNode(ConditionOperand left, string name, ConditionOperand right) : ConditionNode
{
    public override bool? Evaluate(JsonElement arguments)
    {
        var a = left.Evaluate(arguments);
        var b = right.Evaluate(arguments);
        if (a.Kind == ConditionValueKind.Missing || b.Kind == ConditionValueKind.Missing)
        {
            return null;
        }

        return name switch
        {
            "==" => AreEqual(a, b),
            "!=" => !AreEqual(a, b),
            "contains" => Contains(a, b),
            "starts_with" => BothTexts(a, b) ? a.Text!.StartsWith(b.Text!, StringComparison.Ordinal) : null,
            "ends_with" => BothTexts(a, b) ? a.Text!.EndsWith(b.Text!, StringComparison.Ordinal) : null,
            _ => Order(a, b) switch
            {
                null => null,
                { } order => name switch
                {
                    "<" => order < 0,
                    "<=" => order <= 0,
                    ">" => order > 0,
                    _ => order >= 0,
                },
            },
        };
    }

    public override void Check(JsonElement schema, List<string> problems)
    {
        var before = problems.Count;
        left.Check(schema, problems);
        right.Check(schema, problems);
        if (problems.Count == before && left.TypeUnder(schema) is { } a && right.TypeUnder(schema) is { } b && !Fits(a, b))
        {
            problems.Add($"{left.Describe()} is {Words(a)} and can never be compared with {right.Describe()} by '{name}'");
        }
    }

    private bool Fits(ConditionValueKind a, ConditionValueKind b) => name switch
    {
        "==" or "!=" => a == b || a == ConditionValueKind.Null || b == ConditionValueKind.Null,
        "contains" => a == ConditionValueKind.Structure || (a == ConditionValueKind.Text && b == ConditionValueKind.Text),
        "starts_with" or "ends_with" => a == ConditionValueKind.Text && b == ConditionValueKind.Text,
        _ => a == b && a is ConditionValueKind.Number or ConditionValueKind.Text,
    };

    private static bool? AreEqual(ConditionValue a, ConditionValue b)
    {
        if (a.Kind == ConditionValueKind.Structure || b.Kind == ConditionValueKind.Structure)
        {
            return null;
        }

        // null is a value of its own; apart from it, different types say that something is not as the author thought.
        return a.Kind == b.Kind ? a == b
            : a.Kind == ConditionValueKind.Null || b.Kind == ConditionValueKind.Null ? false
            : null;
    }

    private static int? Order(ConditionValue a, ConditionValue b) => (a.Kind, b.Kind) switch
    {
        (ConditionValueKind.Number, ConditionValueKind.Number) => a.Number.CompareTo(b.Number),
        (ConditionValueKind.Text, ConditionValueKind.Text) => string.CompareOrdinal(a.Text, b.Text),
        _ => null,
    };

    private static bool? Contains(ConditionValue a, ConditionValue b)
    {
        if (BothTexts(a, b))
        {
            return a.Text!.Contains(b.Text!, StringComparison.Ordinal);
        }

        if (a is not { Kind: ConditionValueKind.Structure, Structure.ValueKind: JsonValueKind.Array })
        {
            return null;
        }

        return ThreeValued.Any(a.Structure.EnumerateArray().Select(item => AreEqual(ConditionValue.Of(item), b)));
    }

    private static bool BothTexts(ConditionValue a, ConditionValue b) => a.Kind == ConditionValueKind.Text && b.Kind == ConditionValueKind.Text;

    private static string Words(ConditionValueKind kind) => kind switch
    {
        ConditionValueKind.Boolean => "a truth value",
        ConditionValueKind.Number => "a number",
        ConditionValueKind.Text => "a text",
        ConditionValueKind.Null => "null",
        _ => "a list or an object",
    };
}
