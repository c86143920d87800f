namespace Agent.Core.Retrieval.Storage;

/// <summary>How much a collection holds. Immutable.</summary>
/// <param name="Documents">Documents.</param>
/// <param name="Passages">Passages of all documents.</param>
/// <param name="Segments">Parts of the index; searching few is quicker.</param>
/// <param name="IndexBytes">Bytes of the index, which lies in memory while the collection is searched.</param>
public sealed record CollectionStatistics(long Documents, long Passages, int Segments, long IndexBytes);
