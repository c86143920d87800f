using System.Text.RegularExpressions;

namespace Agent.Host.Evaluation.Answers.Scoring;

/// <summary>Whether an answer says that the passages do not tell. By its words, so it is right for most answers and not for all.</summary>
internal static partial class RefusalText
{
    /// <summary>Looks for the words.</summary>
    public static bool Is(string answer) => English().IsMatch(answer) || Chinese().IsMatch(answer);

    [GeneratedRegex(
        @"\b(do(es)?|did)(n['’]t| not) (\w+ )?(say|mention|state|specify|tell|contain|include|provide|give|cover|answer|address|discuss|indicate|describe|have|list|name|explain|know)\b"
        + @"|\b(is|are|was|were)(n['’]t| not| never) (\w+ )?(mentioned|stated|specified|given|provided|included|covered|found|available|listed|named|discussed|described|said|answered|there)\b"
        + @"|\b(could|can|was|were|am|is)( not|not|n['’]t) (able to )?(find|found|answer|determine|tell|say|confirm|be (found|determined|answered))\b"
        + @"|\b(unable to|no (information|mention|passage|answer|details?|indication|data|source)|nothing (in|about|on)|none of the|found nothing|not (mentioned|stated|specified|enough information))\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex English();

    [GeneratedRegex(
        @"(没有|沒有|未能?|并未|並未|没|不)(具体|明确|直接|有|在)?(提到|提及|提供|说明|說明|说|涉及|找到|给出|給出|记载|記載|写明|寫明|列出|介绍|包含|回答|指出|谈到|标明)|(没有|沒有|无|無|缺乏)(关于|關於|与|與|相关|相關|有关|答案|信息|資訊|提|这|這|此|任何)|(无法|無法|不能)(回答|确定|確定|得知|判断|判斷|知道|从|從|找到|确认|告知)|不知道|不清楚|找不到|查不到|不得而知|未知",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Chinese();
}
