namespace Agent.Tools.Sql;

/// <summary>An engine refused or stopped a statement. The message is fit for a model: it holds no data and no path.</summary>
internal sealed class SqlEngineException(SqlFailure failure, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    internal SqlFailure Failure { get; } = failure;
}
