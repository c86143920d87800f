using Agent.Core.Retrieval.Storage;

namespace Agent.Core.Tests.Retrieval.Storage;

/// <summary>Room for a database that does not exist yet; disposing it removes the database.</summary>
internal interface IPassageHome : IAsyncDisposable
{
    /// <summary>The database; every call opens it anew.</summary>
    PassageDatabase OpenDatabase();
}
