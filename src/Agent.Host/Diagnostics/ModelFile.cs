using Agent.Core.Gguf;

namespace Agent.Host.Diagnostics;

/// <summary>A model file whose header is sound.</summary>
/// <param name="File">The header.</param>
/// <param name="Description">What it says about the model.</param>
internal sealed record ModelFile(GgufFile File, ModelDescription Description);
