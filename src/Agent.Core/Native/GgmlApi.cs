using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary>
/// The functions of ggml that choose and describe compute devices and move data (<c>ggml-backend.h</c>), and those that add to a graph
/// (<c>ggml.h</c>).
/// </summary>
internal static unsafe partial class GgmlApi
{
    /// <summary>The registry of backends.</summary>
    public const string Library = "ggml";

    /// <summary>The base library, where a device is described.</summary>
    public const string BaseLibrary = "ggml-base";

    [LibraryImport(Library, EntryPoint = "ggml_backend_load_all_from_path", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void BackendLoadAllFromPath(string directory);

    [LibraryImport(Library, EntryPoint = "ggml_backend_dev_count")]
    public static partial nuint DeviceCount();

    [LibraryImport(Library, EntryPoint = "ggml_backend_dev_get")]
    public static partial nint DeviceGet(nuint index);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_backend_dev_name")]
    public static partial byte* DeviceName(nint device);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_backend_dev_description")]
    public static partial byte* DeviceDescription(nint device);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_backend_dev_memory")]
    public static partial void DeviceMemory(nint device, out nuint free, out nuint total);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_backend_dev_type")]
    public static partial int DeviceType(nint device);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_backend_dev_host_buffer_type")]
    public static partial nint DeviceHostBufferType(nint device);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_backend_dev_supports_op")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool DeviceSupports(nint device, nint tensor);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_backend_cpu_buffer_type")]
    public static partial nint CpuBufferType();

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_backend_buft_get_device")]
    public static partial nint BufferTypeDevice(nint bufferType);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_backend_buft_alloc_buffer")]
    public static partial nint BufferAllocate(nint bufferType, nuint size);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_backend_buffer_get_base")]
    public static partial void* BufferBase(nint buffer);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_backend_buffer_free")]
    public static partial void BufferFree(nint buffer);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_backend_tensor_get")]
    public static partial void TensorGet(nint tensor, void* data, nuint offset, nuint size);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_graph_get_tensor")]
    public static partial nint GraphGetTensor(nint graph, byte* name);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_graph_node")]
    public static partial nint GraphNode(nint graph, int index);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_build_forward_expand")]
    public static partial void GraphExpand(nint graph, nint tensor);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_set_output")]
    public static partial void SetOutput(nint tensor);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_nelements")]
    public static partial long ElementCount(nint tensor);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_new_tensor_1d")]
    public static partial nint NewTensor(nint context, int type, long columns);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_reshape_3d")]
    public static partial nint Reshape(nint context, nint tensor, long columns, long rows, long planes);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_view_2d")]
    public static partial nint View(nint context, nint tensor, long columns, long rows, nuint rowBytes, nuint offset);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_pad")]
    public static partial nint Pad(nint context, nint tensor, int columns, int rows, int planes, int volumes);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_pool_1d")]
    public static partial nint Pool(nint context, nint tensor, int operation, int length, int stride, int padding);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_argsort")]
    public static partial nint ArgSort(nint context, nint tensor, int order);

    [LibraryImport(BaseLibrary, EntryPoint = "ggml_get_rows")]
    public static partial nint GetRows(nint context, nint tensor, nint rows);
}
