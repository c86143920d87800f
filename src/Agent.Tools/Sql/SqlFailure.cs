namespace Agent.Tools.Sql;

/// <summary>Why a statement gave no rows.</summary>
internal enum SqlFailure
{
    /// <summary>The statement is wrong or forbidden; another one may do.</summary>
    Statement,

    /// <summary>It asked for more time, memory or size than it may have.</summary>
    Limit,

    /// <summary>The database cannot be read now; the same statement may do later.</summary>
    Busy,

    /// <summary>The database cannot be read at all.</summary>
    Database,
}
