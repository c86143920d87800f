namespace Agent.Core.Tests.Retrieval.Storage;

/// <summary>A fact of a <see cref="PassageStoreSuite"/>: every project that runs it says what its database needs. Here, nothing.</summary>
public sealed class StoreFactAttribute : FactAttribute;
