using System.Runtime.InteropServices;

namespace Agent.Core.Retrieval.Storage;

/// <summary>A chunk as the table <c>chunks</c> holds it. Immutable. Its texts are untrusted.</summary>
/// <param name="Id">Its number in the collection; column <c>id</c>.</param>
/// <param name="Document">The number of its document; column <c>document</c>.</param>
/// <param name="Ordinal">Position among the chunks of its document, from 0; column <c>ordinal</c>.</param>
/// <param name="Hash">What names its content; column <c>hash</c>.</param>
/// <param name="HeadingPath">The headings above it, a JSON array; column <c>heading_path</c>.</param>
/// <param name="Text">Its text; column <c>text</c>.</param>
/// <param name="Start">Where it begins in the document's text, in UTF-16 code units; column <c>start_offset</c>.</param>
/// <param name="End">Where it ends there; column <c>end_offset</c>.</param>
/// <param name="Tokens">Its tokens; column <c>tokens</c>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ChunkRow(int Id, long Document, int Ordinal, string Hash, string HeadingPath, string Text, int Start, int End, int Tokens);
