using Agent.Core.Inference.Drafting;

namespace Agent.Core.Tests.Inference.Drafting;

public class TaskDraftTests
{
    private static readonly int[] Quoted = [10, 11, 12, 13, 14, 15, 99, 10, 11, 12];

    [Fact]
    public void Where_the_form_says_nothing_what_stood_before_is_foreseen() => Assert.Equal([13, 14, 15], Foreseen(Quoted, byForm: [])[..3]);

    [Fact]
    public void The_form_goes_before_what_stood_before() => Assert.Equal([7, 8], Foreseen(Quoted, byForm: [7, 8]));

    [Fact]
    public void Where_both_agree_the_longer_of_them_is_foreseen()
    {
        Assert.Equal([13, 14, 15], Foreseen(Quoted, byForm: [13])[..3]);
        Assert.Equal([5, 6], Foreseen([1, 2, 3, 5, 0, 1, 2, 3], byForm: [5, 6]));
    }

    [Fact]
    public void What_the_form_says_is_foreseen_with_nothing_to_look_up() => Assert.Equal([7], Foreseen([1], byForm: [7]));

    [Fact]
    public void Nothing_is_foreseen_from_a_token_on_that_ends_the_turn() => Assert.Equal([7], Foreseen([1], byForm: [7, 0, 8]));

    [Fact]
    public void The_form_counts_as_nearly_certain_until_it_was_wrong()
    {
        var draft = new TaskDraft(7);
        draft.Foresee([1], [7, 8], token => token == 0);
        var first = draft.Expect(7);
        for (var i = 0; i < 20; i++)
        {
            draft.Learn([3]);
            draft.Foresee([1], [7, 8], token => token == 0);
        }

        Assert.InRange(first, 1.8, 2);
        Assert.InRange(draft.Expect(7), 0, 0.3);
    }

    [Fact]
    public void No_more_is_foreseen_than_may_be_tried() => Assert.Equal(7, Foreseen([1], [.. Enumerable.Range(20, 30)]).Length);

    private static int[] Foreseen(int[] text, int[] byForm)
    {
        var draft = new TaskDraft(7);
        draft.Foresee(text, byForm, token => token == 0);
        draft.Try(draft.Foreseen);
        return draft.Tokens.ToArray();
    }
}
