using System.Text;
using Agent.Core.Retrieval.Text.Folding;

namespace Agent.Core.Tests.Retrieval.Text;

public sealed class FoldingTableTests
{
    [Fact]
    public void What_a_character_folds_to_folds_to_itself()
    {
        for (var point = 0; point <= 0x10FFFF; point++)
        {
            var folded = point <= char.MaxValue ? FoldingTable.Instance.Fold((char)point) : FoldingTable.Instance.Fold(char.ConvertFromUtf32(point));
            if (point is >= 0xD800 and <= 0xDFFF)
            {
                Assert.Equal([(char)point], folded);
                continue;
            }

            Assert.InRange(folded.Length, 0, 16);
            foreach (var rune in folded.ToString().EnumerateRunes())
            {
                Assert.Equal(rune.ToString(), Fold(rune));
            }
        }
    }

    [Fact]
    public void The_upper_and_the_lower_case_of_a_letter_fold_to_the_same()
    {
        for (var letter = 'A'; letter < '\u0530'; letter++)
        {
            if (char.IsUpper(letter) && char.ToLowerInvariant(letter) is var lower && lower != letter)
            {
                Assert.Equal(Fold(new Rune(lower)), Fold(new Rune(letter)));
            }
        }
    }

    [Theory]
    [InlineData('漢', "汉")]
    [InlineData('髮', "发")]
    [InlineData('發', "发")]
    [InlineData('乾', "干")]
    [InlineData('後', "后")]
    [InlineData('著', "着")]
    [InlineData('汉', "汉")]
    [InlineData('\uF900', "岂")]
    [InlineData('ﬃ', "ffi")]
    [InlineData('ẞ', "ss")]
    [InlineData('Ǆ', "dz")]
    [InlineData('Ấ', "a")]
    [InlineData('Й', "й")]
    [InlineData('ς', "σ")]
    [InlineData('\u00AD', "")]
    [InlineData('\uFFFF', "\uFFFF")]
    public void A_character_folds_to_what_stands_for_it(char character, string folded) =>
        Assert.Equal(folded, FoldingTable.Instance.Fold(character).ToString());

    private static string Fold(Rune rune) =>
        (rune.IsBmp ? FoldingTable.Instance.Fold((char)rune.Value) : FoldingTable.Instance.Fold(rune.ToString())).ToString();
}
