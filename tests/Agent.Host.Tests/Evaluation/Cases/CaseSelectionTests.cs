using Agent.Host.Evaluation.Cases;
using Agent.Host.Terminal;

namespace Agent.Host.Tests.Evaluation.Cases;

public sealed class CaseSelectionTests
{
    private static readonly WordCase[] Suite = [WordCase.Of("1", "x", "en"), WordCase.Of("2", "x", "zh"), WordCase.Of("3", "y", "en"), WordCase.Of("4", "z", "zh")];

    [Theory]
    [InlineData("", "", null, "1 2 3 4")]
    [InlineData("x", "", null, "1 2")]
    [InlineData("x y", "en", null, "1 3")]
    [InlineData("", "zh", 1, "2")]
    public void Category_language_and_number_narrow_the_suite_in_its_order(string categories, string languages, int? limit, string expected)
    {
        var selection = new CaseSelection { Categories = Words(categories), Languages = Words(languages), Limit = limit };

        Assert.Equal(Words(expected), selection.From(Suite).Select(next => next.Id));
    }

    [Theory]
    [InlineData("X", "", "--category is 'X', which no case has. The suite has x, y, z.")]
    [InlineData("", "de", "--language is 'de', which no case has. The suite has en, zh.")]
    [InlineData("y", "zh", "No case has both the category and the language. Leave one of --category and --language out.")]
    public void What_selects_nothing_is_explained(string categories, string languages, string expected)
    {
        var selection = new CaseSelection { Categories = Words(categories), Languages = Words(languages) };

        Assert.Equal(expected, Assert.Throws<UsageException>(() => selection.From(Suite)).Message);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
