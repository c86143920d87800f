namespace Agent.Core.Retrieval.Injection;

/// <summary>A question taken apart. Linear in its length.</summary>
internal sealed class QuestionReading
{
    private readonly List<string> _content = [];
    private readonly List<string> _english = [];

    private QuestionReading()
    {
    }

    /// <summary>The words that say what the question is about, as they stand in it; of Chinese, the runs between words that ask or refer.</summary>
    public IReadOnlyList<string> Content => _content;

    /// <summary>How much they say, in words: an ideograph is half of one.</summary>
    public double Weight { get; private set; }

    /// <summary>Whether a word stands for something said before, or the question goes on where another stopped.</summary>
    public bool PointsBack { get; private set; }

    /// <summary>Whether it asks what something is, which needs no more than one word.</summary>
    public bool AsksForDefinition { get; private set; }

    /// <summary>Whether it is a whole sentence with a name in it, or holds a title in marks; a name says enough alone.</summary>
    public bool HasName { get; private set; }

    public static QuestionReading Of(string question)
    {
        var reading = new QuestionReading();
        var folded = string.Create(question.Length, question, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = source[i] == '’' ? '\'' : ChineseQuestionWords.Fold(source[i]);
            }
        });
        for (var at = 0; at < question.Length;)
        {
            at = ChineseQuestionWords.IsIdeograph(folded[at]) ? reading.TakeIdeographs(question, folded, at)
                : char.IsLetterOrDigit(folded[at]) ? reading.TakeWord(question, folded, at)
                : at + 1;
        }

        var bare = TrimEnds(folded);
        reading.PointsBack |= EnglishQuestionWords.Refer(reading._english) || EnglishQuestionWords.Continue(reading._english) || ChineseQuestionWords.Continues(bare);
        reading.AsksForDefinition = EnglishQuestionWords.AskForDefinition(reading._english) || ChineseQuestionWords.AsksForDefinition(bare);
        reading.HasName &= EnglishQuestionWords.BeginSentence(reading._english);
        reading.HasName |= question.Contains('《', StringComparison.Ordinal) || question.Contains('「', StringComparison.Ordinal);
        return reading;
    }

    private int TakeIdeographs(string question, string folded, int start)
    {
        var end = start;
        while (end < folded.Length && ChineseQuestionWords.IsIdeograph(folded[end]))
        {
            end++;
        }

        var pending = start;
        for (var at = start; at < end;)
        {
            var length = ChineseQuestionWords.Match(folded.AsSpan(at, Math.Min(ChineseQuestionWords.Longest, end - at)), out var kind);
            if (length > 0 && kind != QuestionWordKind.Content)
            {
                AddRun(question, pending, at);
                PointsBack |= kind == QuestionWordKind.Reference;
                pending = at + length;
            }

            at += Math.Max(length, 1);
        }

        AddRun(question, pending, end);
        return end;
    }

    private void AddRun(string question, int start, int end)
    {
        if (end > start)
        {
            _content.Add(question[start..end]);
            Weight += (end - start) / 2.0;
        }
    }

    private int TakeWord(string question, string folded, int start)
    {
        var end = start;
        while (end < folded.Length && (IsOfWord(folded[end]) || (IsJoint(folded[end]) && end + 1 < folded.Length && IsOfWord(folded[end + 1]))))
        {
            end++;
        }

        var word = folded[start..end].ToLowerInvariant();
        _english.Add(word);
        if (!EnglishQuestionWords.IsFunction(word))
        {
            _content.Add(question[start..end]);
            Weight++;
            HasName |= _english.Count > 1 && char.IsUpper(question[start]);
        }

        return end;
    }

    private static ReadOnlySpan<char> TrimEnds(string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && !char.IsLetterOrDigit(text[start]))
        {
            start++;
        }

        while (end > start && !char.IsLetterOrDigit(text[end - 1]))
        {
            end--;
        }

        return text.AsSpan(start, end - start);
    }

    private static bool IsOfWord(char character) => char.IsLetterOrDigit(character) && !ChineseQuestionWords.IsIdeograph(character);

    private static bool IsJoint(char character) => character is '\'' or '-' or '.' or '_' or '/' or '@';
}
