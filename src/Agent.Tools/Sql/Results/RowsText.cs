using System.Globalization;
using System.Text;
using Agent.Tools.Safety;

namespace Agent.Tools.Sql.Results;

/// <summary>What both forms of a result have in common: how cells read, how much fits, and how an omission is told.</summary>
internal static class RowsText
{
    private const int LongestCell = 2_000;
    private const int RoomForNote = 160;

    /// <summary>A number as a person writes it: sums of prices keep their cents and lose the noise of binary fractions.</summary>
    internal static string Number(double value) => value.ToString("G15", CultureInfo.InvariantCulture);

    /// <summary>A text cut to what a model can use of one cell; engines cut while they read, so that no row is large.</summary>
    internal static string Cell(string value) => TextCut.Head(value, LongestCell, "... [truncated]");

    /// <summary>Puts as many rows between a head and a tail as fit, and says when that is not all.</summary>
    internal static string Join(SqlResult result, int maximumBytes, (string Head, string Separator, string Tail) frame, Func<object?[], string> write)
    {
        var text = new StringBuilder(frame.Head);
        var room = maximumBytes - RoomForNote - Encoding.UTF8.GetByteCount(frame.Head) - Encoding.UTF8.GetByteCount(frame.Tail);
        var shown = 0;
        foreach (var row in result.Rows)
        {
            var line = (shown == 0 ? string.Empty : frame.Separator) + write(row);
            room -= Encoding.UTF8.GetByteCount(line);
            if (room < 0)
            {
                break;
            }

            text.Append(line);
            shown++;
        }

        text.Append(frame.Tail);
        if (shown < result.Rows.Count)
        {
            text.Append($"\n... [truncated: {shown} rows fit into {maximumBytes} bytes, there are more; select fewer columns or aggregate]");
        }
        else if (result.HasMore)
        {
            text.Append($"\n... [truncated: the first {shown} rows, there are more; filter or aggregate]");
        }

        return text.ToString();
    }
}
