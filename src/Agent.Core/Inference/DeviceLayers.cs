namespace Agent.Core.Inference;

/// <summary>How many layers of a model lie on a device.</summary>
/// <param name="Device">The device's short name, for example <c>CUDA0</c>.</param>
/// <param name="Layers">Layers, without the output.</param>
public sealed record DeviceLayers(string Device, int Layers);
