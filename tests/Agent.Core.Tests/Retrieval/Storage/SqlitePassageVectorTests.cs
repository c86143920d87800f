namespace Agent.Core.Tests.Retrieval.Storage;

public sealed class SqlitePassageVectorTests : PassageVectorContract
{
    private protected override IPassageHome Home { get; } = new SqlitePassageHome();
}
