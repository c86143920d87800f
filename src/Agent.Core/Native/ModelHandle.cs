using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary>Owns a <c>llama_model</c>. Contexts keep a reference, so the weights outlive every context made from them.</summary>
internal sealed class ModelHandle : SafeHandle
{
    public ModelHandle(nint model)
        : base(0, ownsHandle: true) => SetHandle(model);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LlamaApi.ModelFree(handle);
        return true;
    }
}
