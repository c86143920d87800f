namespace Agent.Core.Tests.Retrieval.Storage;

/// <summary>A fact of <see cref="PassageStoreContract"/>: every project that runs the suite says what its database needs. Here, nothing.</summary>
public sealed class StoreFactAttribute : FactAttribute;
