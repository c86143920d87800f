namespace Agent.Tools.Sql.Postgres;

/// <summary>What a piece of a statement is.</summary>
internal enum PostgresTokenKind
{
    /// <summary>A name or keyword without quotes, folded to lower case.</summary>
    Word,

    /// <summary>A name in double quotes.</summary>
    QuotedName,

    /// <summary>A text in quotes of any form.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A run of operator characters.</summary>
    Operator,

    /// <summary>One of <c>( ) [ ] , . ; :</c>, or <c>::</c>.</summary>
    Mark,

    /// <summary>A parameter, <c>@name</c>.</summary>
    Parameter,
}
