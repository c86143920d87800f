using System.Globalization;

namespace Agent.Core.Prompts;

/// <summary>How a language writes dates and lists, and how to tell which one a text is in.</summary>
/// <remarks>The program runs without culture data, so the two languages it ships prompts for are written down here.</remarks>
public sealed class PromptLanguage
{
    private static readonly string[] ChineseWeekdays = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];
    private readonly bool _chinese;

    private PromptLanguage(bool chinese) => _chinese = chinese;

    /// <summary>Between the items of a list.</summary>
    public string ListSeparator => _chinese ? "、" : ", ";

    /// <summary>The conventions of a language; those of English for any but Chinese.</summary>
    public static PromptLanguage CultureOf(string language) => new(language.StartsWith("zh", StringComparison.OrdinalIgnoreCase));

    /// <summary><c>zh</c> if the text holds a Chinese character, else <c>en</c>.</summary>
    public static string Detect(string text) => text.Any(c => c is >= '\u4E00' and <= '\u9FFF' or >= '\u3400' and <= '\u4DBF') ? "zh" : "en";

    /// <summary>A date, for example 2026年11月20日 or 2026-11-20.</summary>
    public string FormatDate(DateTimeOffset time) => time.ToString(_chinese ? "yyyy年M月d日" : "yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The day of the week, for example 星期五 or Friday.</summary>
    public string WeekdayOf(DateTimeOffset time) => _chinese ? ChineseWeekdays[(int)time.DayOfWeek] : time.DayOfWeek.ToString();
}
