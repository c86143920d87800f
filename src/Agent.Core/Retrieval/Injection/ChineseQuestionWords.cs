using System.Collections.Frozen;
using Agent.Core.Retrieval.Text.Folding;

namespace Agent.Core.Retrieval.Injection;

/// <summary>
/// Chinese words that ask or refer. Chinese puts no borders between words, so the longest entry at a place counts; words that hold one of the
/// short ones (吉他, 应该) stand here too. Traditional characters are the same as simplified ones.
/// </summary>
internal static class ChineseQuestionWords
{
    /// <summary>The most characters of an entry.</summary>
    public const int Longest = 5;

    private const string Function =
        "请问 请 麻烦 帮我 帮忙 告诉我 告诉 我想 我要 想知道 想问 问一下 知道 介绍 我 我们 你 你们 您 咱们 吗 呢 吧 啊 呀 嘛 么 的 了 了解 是 是不是 是否 有没有 有 没有 "
        + "也 还是 可以 可不可以 能不能 会不会 要不要 怎么样 怎么 怎样 怎么办 如何 为什么 为何 什么 什么时候 什么样 何时 何地 在哪里 在哪儿 在哪 哪 哪里 哪儿 哪个 哪些 "
        + "哪年 哪天 哪位 谁 几 几点 几个 几天 多少 多少钱 多久 多长时间 多长 多大 多高 多远 一下 一共 大概 大约 到底 究竟 需要 应该 关于 对于 有关 现在 目前 尤其 其实 因此 因为 "
        + "如果 要是 万一 那么 然后 具体 意思";

    private const string Reference =
        "它 它们 他 他们 她 她们 这 这个 这些 这里 这儿 这边 这样 这种 这位 这家 这款 这次 这么 那 那个 那些 那里 那儿 那边 那样 那种 那位 那家 那款 那次 其 其中 其他 其它 其余 "
        + "该 此 前者 后者 上述 上面 刚才 刚刚 同样 别的 另一个 另一种";

    private const string Content =
        "吉他 利他 维他命 他汀 土耳其 其次 如此 彼此 那不勒斯 刹那 目的 所有 拥有 有限 有效 有机 申请 邀请 请假 请求 几乎 几何 也门 酒吧 网吧 再见 自我 的士 目的地 国有 公有 私有 "
        + "要么 了望 是非";

    private static readonly string[] ContinuingBeginnings = [.. Folded("那么 那 还有 另外 此外 以及 再 而 又 同时 然后 接着 或者 如果 要是 万一")];
    private static readonly string[] Definitions = [.. Folded("什么是 是什么 是谁 什么意思 何为 何谓 介绍")];
    private static readonly char FinalParticle = Fold('呢');

    private static readonly FrozenDictionary<string, QuestionWordKind>.AlternateLookup<ReadOnlySpan<char>> Words = Folded(Function)
        .Select(word => KeyValuePair.Create(word, QuestionWordKind.Function))
        .Concat(Folded(Reference).Select(word => KeyValuePair.Create(word, QuestionWordKind.Reference)))
        .Concat(Folded(Content).Select(word => KeyValuePair.Create(word, QuestionWordKind.Content)))
        .ToFrozenDictionary(StringComparer.Ordinal)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The character as the entries have it.</summary>
    public static char Fold(char character) => FoldingTable.Instance.Fold(character) is [var folded] ? folded : character;

    /// <summary>Whether a character is written without borders to its neighbours.</summary>
    public static bool IsIdeograph(char character) => character is (>= '\u4E00' and <= '\u9FFF') or (>= '\u3400' and <= '\u4DBF') or (>= '\uF900' and <= '\uFAFF') || char.IsSurrogate(character);

    /// <summary>The longest entry that a text begins with; 0 where there is none.</summary>
    /// <param name="folded">The text, folded.</param>
    /// <param name="kind">What the entry does.</param>
    public static int Match(ReadOnlySpan<char> folded, out QuestionWordKind kind)
    {
        for (var length = Math.Min(Longest, folded.Length); length > 0; length--)
        {
            if (Words.TryGetValue(folded[..length], out kind))
            {
                return length;
            }
        }

        kind = QuestionWordKind.Content;
        return 0;
    }

    /// <summary>Whether a question goes on where the one before it stopped: "还有北京的", "冬天呢".</summary>
    /// <param name="folded">The question without white space and punctuation at its ends, folded.</param>
    public static bool Continues(ReadOnlySpan<char> folded)
    {
        if (folded.EndsWith([FinalParticle]))
        {
            return true;
        }

        foreach (var beginning in ContinuingBeginnings)
        {
            if (folded.StartsWith(beginning, StringComparison.Ordinal))
            {
                return Match(folded, out var kind) == 0 || kind != QuestionWordKind.Content;
            }
        }

        return false;
    }

    /// <summary>Whether a question asks what something is.</summary>
    public static bool AsksForDefinition(ReadOnlySpan<char> folded)
    {
        foreach (var definition in Definitions)
        {
            if (folded.Contains(definition, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<string> Folded(string words) =>
        words.Split(' ').Distinct(StringComparer.Ordinal).Select(word => string.Concat(word.Select(Fold))).Distinct(StringComparer.Ordinal);
}
