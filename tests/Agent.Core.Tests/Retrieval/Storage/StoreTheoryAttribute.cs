namespace Agent.Core.Tests.Retrieval.Storage;

/// <summary>A theory of a <see cref="PassageStoreSuite"/>: every project that runs it says what its database needs. Here, nothing.</summary>
public sealed class StoreTheoryAttribute : TheoryAttribute;
