namespace Agent.Tools.Sql.Sqlite;

/// <summary>
/// Finds NATURAL and USING in a statement. SQLite joins by the columns' names without asking the authorizer, so that with them
/// hidden columns could be compared, and so be guessed.
/// </summary>
internal static class JoinByName
{
    internal static bool IsIn(string sql)
    {
        var index = 0;
        while (index < sql.Length)
        {
            var character = sql[index];
            if (character is '\'' or '"' or '`')
            {
                index = After(sql, index + 1, character.ToString());
            }
            else if (character == '[')
            {
                index = After(sql, index + 1, "]");
            }
            else if (sql.AsSpan(index).StartsWith("--", StringComparison.Ordinal))
            {
                index = After(sql, index + 2, "\n");
            }
            else if (sql.AsSpan(index).StartsWith("/*", StringComparison.Ordinal))
            {
                index = After(sql, index + 2, "*/");
            }
            else if (IsWordPart(character))
            {
                var start = index;
                while (index < sql.Length && IsWordPart(sql[index]))
                {
                    index++;
                }

                var word = sql.AsSpan(start, index - start);
                if (word.Equals("natural", StringComparison.OrdinalIgnoreCase) || word.Equals("using", StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
            else
            {
                index++;
            }
        }

        return false;
    }

    private static int After(string sql, int from, string end)
    {
        var index = sql.IndexOf(end, from, StringComparison.Ordinal);
        return index < 0 ? sql.Length : index + end.Length;
    }

    private static bool IsWordPart(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '$' || character >= '\x80';
}
