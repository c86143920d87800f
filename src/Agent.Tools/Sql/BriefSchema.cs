using System.Text;
using Agent.Tools.Safety;

namespace Agent.Tools.Sql;

/// <summary>The schema in one line, for a model that has to correct itself: error results are short.</summary>
internal static class BriefSchema
{
    private const int LongestText = 1_200;

    /// <summary>The columns of the tables that a text names, the others by name only; all columns where it names none.</summary>
    internal static string Write(IReadOnlyList<SqlTable> tables, string sql)
    {
        var words = Words(sql);
        var named = tables.Where(table => words.Contains(table.Relation)).ToList();
        var others = named.Count == 0 ? [] : tables.Except(named).Select(table => table.Spelling).ToList();
        var text = new StringBuilder("Tables: ");
        var separator = string.Empty;
        foreach (var table in named.Count == 0 ? tables : named)
        {
            var entry = $"{separator}{table.Spelling}({string.Join(", ", table.Columns.Select(column => column.Spelling))})";
            text.Append(text.Length + entry.Length <= LongestText ? entry : $"{separator}{table.Spelling}(...)");
            separator = "; ";
        }

        if (others.Count > 0)
        {
            text.Append(". Other tables: ").AppendJoin(", ", others);
        }

        return TextCut.Head(text.ToString(), LongestText);
    }

    private static HashSet<string> Words(string sql)
    {
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var start = -1;
        for (var index = 0; index <= sql.Length; index++)
        {
            var isPart = index < sql.Length && (char.IsLetterOrDigit(sql[index]) || sql[index] is '_' or '$');
            if (isPart && start < 0)
            {
                start = index;
            }
            else if (!isPart && start >= 0)
            {
                words.Add(sql[start..index]);
                start = -1;
            }
        }

        return words;
    }
}
