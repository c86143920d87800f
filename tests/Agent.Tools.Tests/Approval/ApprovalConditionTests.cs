using System.Text.Json;
using Agent.Tools.Approval;

namespace Agent.Tools.Tests.Approval;

public sealed class ApprovalConditionTests
{
    private const string Arguments = """
        {"amount": 1000, "price": 9.5, "country": "CN", "urgent": false, "note": null, "to": {"country": "DE"},
         "items": [{"sku": "a", "count": 3}, {"sku": "b", "count": 0}], "tags": ["x", "y"], "name": "张伟", "big": 1e400}
        """;

    [Theory]
    [InlineData("amount > 999", true)]
    [InlineData("amount > 1000", false)]
    [InlineData("amount >= 1000 and amount <= 1000.0", true)]
    [InlineData("amount == 1e3", null)] // no number: refused below
    [InlineData("price < 10", true)]
    [InlineData("price != 9.50", false)]
    [InlineData("-1 < price", true)]
    [InlineData("country == 'CN'", true)]
    [InlineData("country == \"cn\"", false)]
    [InlineData("country in ['DE', 'CN']", true)]
    [InlineData("country not in ['DE', 'CN']", false)]
    [InlineData("country in ['DE']", false)]
    [InlineData("not country == 'CN'", false)]
    [InlineData("urgent", false)]
    [InlineData("not urgent", true)]
    [InlineData("urgent or amount > 5", true)]
    [InlineData("urgent and amount > 5", false)]
    [InlineData("urgent or urgent and amount > 5", false)]
    [InlineData("(urgent or amount > 5) and country == 'CN'", true)]
    [InlineData("note == null", true)]
    [InlineData("country != null", true)]
    [InlineData("to.country == 'DE'", true)]
    [InlineData("items[0].count > 2", true)]
    [InlineData("items[1].sku == 'a'", false)]
    [InlineData("length(items) == 2", true)]
    [InlineData("length(name) == 2", true)]
    [InlineData("length(to) > 1", false)]
    [InlineData("tags contains 'x'", true)]
    [InlineData("tags contains 'z'", false)]
    [InlineData("name contains '伟'", true)]
    [InlineData("name starts_with '张'", true)]
    [InlineData("name ends_with '张'", false)]
    [InlineData("exists(amount)", true)]
    [InlineData("exists(to.city)", false)]
    [InlineData("not exists(discount) or discount > 5", true)]
    [InlineData("true", true)]
    [InlineData("name == '张\\'伟'", false)]
    public void Decides(string condition, bool? expected)
    {
        if (expected is null)
        {
            Assert.Throws<ApprovalConditionException>(() => ApprovalCondition.Parse(condition));
            return;
        }

        Assert.Equal(expected, ApprovalCondition.Parse(condition).Evaluate(JsonElement.Parse(Arguments)));
    }

    [Theory]
    [InlineData("discount > 5")]
    [InlineData("not discount > 5")]
    [InlineData("discount > 5 or urgent")]
    [InlineData("discount > 5 and amount > 5")]
    [InlineData("amount == 'CN'")]
    [InlineData("amount in ['CN']")]
    [InlineData("country > 5")]
    [InlineData("items == 2")]
    [InlineData("items[7].count > 2")]
    [InlineData("amount[0] > 2")]
    [InlineData("length(amount) > 2")]
    [InlineData("note > 2")]
    [InlineData("big > 2")]
    [InlineData("to")]
    [InlineData("items contains 'a'")]
    public void What_the_arguments_do_not_decide_asks_a_person(string condition)
    {
        var parsed = ApprovalCondition.Parse(condition);

        Assert.Null(parsed.Evaluate(JsonElement.Parse(Arguments)));
        Assert.True(ToolApproval.When(parsed).IsRequired(JsonElement.Parse(Arguments)));
    }

    [Theory]
    [InlineData("discount > 5 and urgent", false)]
    [InlineData("urgent and discount > 5", false)]
    [InlineData("discount > 5 or amount > 5", true)]
    public void One_side_is_enough_where_the_other_cannot_matter(string condition, bool expected) =>
        Assert.Equal(expected, ApprovalCondition.Parse(condition).Evaluate(JsonElement.Parse(Arguments)));

    [Theory]
    [InlineData("", 1, "the end stands where an argument's name, a number or a text in quotes is expected")]
    [InlineData("amount >", 9, "the end stands where an argument's name, a number or a text in quotes is expected")]
    [InlineData("amount = 5", 8, "'=' is unknown here; write '==' to compare")]
    [InlineData("a && b", 3, "'&' is unknown here; write 'and'")]
    [InlineData("a || b", 3, "'|' is unknown here; write 'or'")]
    [InlineData("!a", 1, "'!' is unknown here; write 'not'")]
    [InlineData("amount > 5 amount", 12, "'amount' stands where 'and', 'or' or the end is expected")]
    [InlineData("country == 'CN", 12, "the text has no closing quote")]
    [InlineData("country in 'CN'", 12, "'CN' stands where '[' is expected")]
    [InlineData("country not 'CN'", 13, "'CN' stands where 'in' is expected")]
    [InlineData("(amount > 5", 12, "the end stands where ')' is expected")]
    [InlineData("5", 2, "the end stands where a comparison is expected")]
    [InlineData("a[x] > 1", 3, "'x' stands where an index such as 0 is expected")]
    [InlineData("a > 1.2.3", 5, "'1.2.3' is no number")]
    [InlineData("and", 1, "'and' stands where an argument's name, a number or a text in quotes is expected")]
    [InlineData("exec('rm')", 5, "'(' stands where 'and', 'or' or the end is expected")]
    public void What_is_no_condition_is_told_with_its_place(string text, int character, string problem)
    {
        var exception = Assert.Throws<ApprovalConditionException>(() => ApprovalCondition.Parse(text));

        Assert.Equal((problem, character), (exception.Problem, exception.Offset + 1));
    }

    [Fact]
    public void Nesting_and_length_are_bounded()
    {
        Assert.Contains("nested deeper", Assert.Throws<ApprovalConditionException>(() => ApprovalCondition.Parse(new string('(', 900) + "a")).Problem, StringComparison.Ordinal);
        Assert.Contains("nested deeper", Assert.Throws<ApprovalConditionException>(() => ApprovalCondition.Parse(string.Concat(Enumerable.Repeat("not ", 400)) + "a")).Problem, StringComparison.Ordinal);
        Assert.Contains("more than 2000", Assert.Throws<ApprovalConditionException>(() => ApprovalCondition.Parse(new string(' ', 2_001))).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("amount > 5", null)]
    [InlineData("amuont > 5", "there is no argument \"amuont\". Did you mean \"amount\"?")]
    [InlineData("amount == 'x'", "amount is a number and can never be compared with 'x' by '=='")]
    [InlineData("country in [1, 2]", "country is a text and can never be compared with 1 by '=='")]
    [InlineData("country > 5", "country is a text and can never be compared with 5 by '>'")]
    [InlineData("length(amount) > 5", "amount has no length")]
    [InlineData("to.city == 'x' and anything.goes == 1", "there is no argument \"anything\". The arguments are: amount, country, to")]
    [InlineData("to.anything == 1", null)]
    [InlineData("country == null", null)]
    public void Schema_tells_what_can_never_be_decided(string condition, string? problem) =>
        Assert.Equal(
            problem is null ? [] : [problem],
            ApprovalCondition.Parse(condition).Check(JsonElement.Parse(
                """{"type":"object","properties":{"amount":{"type":"number"},"country":{"type":"string"},"to":{"type":"object"}}}""")));

    [Fact]
    public void Random_text_is_read_or_refused_and_never_anything_else()
    {
        string[] words = ["amount", "country", "and", "or", "not", "in", "[", "]", "(", ")", ",", "'CN'", "5", "==", ">", "<=", "contains", "exists", "length", ".", "\"", "张", "null", "true", "&", " "];
        var random = new Random(7);
        var arguments = JsonElement.Parse(Arguments);
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Join(' ', Enumerable.Range(0, random.Next(1, 9)).Select(_ => words[random.Next(words.Length)]));
            try
            {
                _ = ApprovalCondition.Parse(text).Evaluate(arguments);
                read++;
            }
            catch (ApprovalConditionException)
            {
            }
        }

        Assert.InRange(read, 100, 19_000);
    }
}
