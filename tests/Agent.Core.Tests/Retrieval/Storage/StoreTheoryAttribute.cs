namespace Agent.Core.Tests.Retrieval.Storage;

/// <summary>A theory of <see cref="PassageStoreContract"/>: every project that runs the suite says what its database needs. Here, nothing.</summary>
public sealed class StoreTheoryAttribute : TheoryAttribute;
