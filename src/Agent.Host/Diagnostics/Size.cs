using System.Globalization;

namespace Agent.Host.Diagnostics;

/// <summary>Bytes in words.</summary>
internal static class Size
{
    public static string Of(long bytes) => bytes < 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.#} GiB");
}
