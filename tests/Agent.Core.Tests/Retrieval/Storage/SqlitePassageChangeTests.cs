namespace Agent.Core.Tests.Retrieval.Storage;

public sealed class SqlitePassageChangeTests : PassageChangeContract
{
    private protected override IPassageHome Home { get; } = new SqlitePassageHome();
}
