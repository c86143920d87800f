namespace Agent.Tools.Sql;

/// <summary>What a name of the catalogue stands for.</summary>
internal enum SqlTableKind
{
    /// <summary>A table that stores its rows.</summary>
    Table,

    /// <summary>A view: its query reads other tables.</summary>
    View,

    /// <summary>A virtual table: a module reads other tables for it.</summary>
    Virtual,
}
