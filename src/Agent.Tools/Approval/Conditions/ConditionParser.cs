using System.Globalization;

namespace Agent.Tools.Approval.Conditions;

/// <summary>Reads a condition by recursive descent: or, and, not, comparison.</summary>
internal sealed class ConditionParser
{
    private const int DeepestNesting = 32;
    private static readonly string[] Keywords = ["and", "or", "not", "in", "contains", "starts_with", "ends_with", "true", "false", "null"];
    private readonly ConditionLexer _lexer;
    private ConditionToken _token;
    private int _depth;

    public ConditionParser(string text)
    {
        _lexer = new ConditionLexer(text);
        _token = _lexer.Next();
    }

    /// <summary>Reads the whole text.</summary>
    /// <exception cref="ApprovalConditionException">It is no condition.</exception>
    public ConditionNode Parse()
    {
        var node = Or();
        return _token.Kind == ConditionTokenKind.End ? node : throw Unexpected("'and', 'or' or the end");
    }

    private ConditionNode Or()
    {
        var node = And();
        while (TakeWord("or"))
        {
            node = new JunctionNode(node, And(), decidedBy: true);
        }

        return node;
    }

    private ConditionNode And()
    {
        var node = Not();
        while (TakeWord("and"))
        {
            node = new JunctionNode(node, Not(), decidedBy: false);
        }

        return node;
    }

    private ConditionNode Not()
    {
        if (++_depth > DeepestNesting)
        {
            throw new ApprovalConditionException($"it is nested deeper than {DeepestNesting}", _token.Offset);
        }

        var node = TakeWord("not") ? new NotNode(Not()) : Comparison();
        _depth--;
        return node;
    }

    private ConditionNode Comparison()
    {
        if (TakeSymbol("("))
        {
            var inner = Or();
            Expect(")");
            return inner;
        }

        if (IsWord("exists"))
        {
            Advance();
            Expect("(");
            var path = Path();
            Expect(")");
            return new ExistsNode(path);
        }

        var left = Operand();
        if (_token.Kind == ConditionTokenKind.Symbol && _token.Text is "==" or "!=" or "<" or "<=" or ">" or ">=")
        {
            var name = _token.Text;
            Advance();
            return new ComparisonNode(left, name, Operand());
        }

        foreach (var name in (string[])["contains", "starts_with", "ends_with"])
        {
            if (TakeWord(name))
            {
                return new ComparisonNode(left, name, Operand());
            }
        }

        if (TakeWord("in"))
        {
            return new MembershipNode(left, List());
        }

        if (TakeWord("not"))
        {
            return TakeWord("in") ? new NotNode(new MembershipNode(left, List())) : throw Unexpected("'in'");
        }

        return left is PathOperand or LiteralOperand { Value.Kind: ConditionValueKind.Boolean }
            ? new ComparisonNode(left, "==", new LiteralOperand(ConditionValue.Of(true)))
            : throw Unexpected("a comparison");
    }

    private List<ConditionOperand> List()
    {
        Expect("[");
        List<ConditionOperand> items = [];
        do
        {
            items.Add(Operand());
        }
        while (TakeSymbol(","));
        Expect("]");
        return items;
    }

    private ConditionOperand Operand()
    {
        var token = _token;
        switch (token.Kind)
        {
            case ConditionTokenKind.Text:
                Advance();
                return new LiteralOperand(ConditionValue.Of(token.Text));
            case ConditionTokenKind.Number:
                Advance();
                return decimal.TryParse(token.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                    ? new LiteralOperand(ConditionValue.Of(number))
                    : throw new ApprovalConditionException($"'{token.Text}' is no number", token.Offset);
            case ConditionTokenKind.Word when token.Text is "true" or "false":
                Advance();
                return new LiteralOperand(ConditionValue.Of(token.Text == "true"));
            case ConditionTokenKind.Word when token.Text is "null":
                Advance();
                return new LiteralOperand(ConditionValue.Null);
            case ConditionTokenKind.Word when token.Text is "length":
                Advance();
                if (!TakeSymbol("("))
                {
                    return Path(token);
                }

                var of = Path();
                Expect(")");
                return new LengthOperand(of);
            default:
                return Path();
        }
    }

    private PathOperand Path()
    {
        var token = _token;
        if (token.Kind != ConditionTokenKind.Word || Keywords.Contains(token.Text, StringComparer.Ordinal))
        {
            throw Unexpected("an argument's name, a number or a text in quotes");
        }

        Advance();
        return Path(token);
    }

    private PathOperand Path(ConditionToken first)
    {
        List<object> steps = [first.Text];
        while (true)
        {
            if (TakeSymbol("."))
            {
                var name = _token;
                steps.Add(name.Kind == ConditionTokenKind.Word ? name.Text : throw Unexpected("a name"));
                Advance();
            }
            else if (TakeSymbol("["))
            {
                var index = _token;
                steps.Add(index.Kind == ConditionTokenKind.Number && int.TryParse(index.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw Unexpected("an index such as 0"));
                Advance();
                Expect("]");
            }
            else
            {
                return new PathOperand(steps);
            }
        }
    }

    private bool IsWord(string word) => _token.Kind == ConditionTokenKind.Word && _token.Text == word;

    private bool TakeWord(string word)
    {
        var found = IsWord(word);
        if (found)
        {
            Advance();
        }

        return found;
    }

    private bool TakeSymbol(string symbol)
    {
        var found = _token.Kind == ConditionTokenKind.Symbol && _token.Text == symbol;
        if (found)
        {
            Advance();
        }

        return found;
    }

    private void Expect(string symbol)
    {
        if (!TakeSymbol(symbol))
        {
            throw Unexpected($"'{symbol}'");
        }
    }

    private void Advance() => _token = _lexer.Next();

    private ApprovalConditionException Unexpected(string expected) => new($"{_token.Shown} stands where {expected} is expected", _token.Offset);
}
