using System.Buffers.Binary;

namespace Agent.Core.Gguf;

/// <summary>Recognises what was given in place of a GGUF file, so that the message can name the fix.</summary>
internal static class GgufMagic
{
    /// <summary>Bytes at the start of a file that are enough to tell.</summary>
    public const int ProbeBytes = 512;

    private const string ConvertFix = "Convert the model with convert_hf_to_gguf.py of llama.cpp, or download a .gguf build of it.";

    public static ReadOnlySpan<byte> Value => "GGUF"u8;

    /// <param name="path">The file.</param>
    /// <param name="head">Its first <see cref="ProbeBytes"/> bytes, or all of it.</param>
    public static GgufFormatException Explain(string path, ReadOnlySpan<byte> head)
    {
        var (problem, fix) = Recognise(head);
        return new GgufFormatException(path, 0, problem, fix);
    }

    private static (string Problem, string Fix) Recognise(ReadOnlySpan<byte> head)
    {
        if (head.Length < 4)
        {
            return ($"the file has only {head.Length} bytes, too few for a model", "Download the model again.");
        }

        if (head.StartsWith("version https://git-lfs"u8))
        {
            return ("this is a Git LFS pointer (a small text file that stands for the model), not the model itself", "Run \"git lfs pull\" in the repository it came from, or download the file itself.");
        }

        if (head.StartsWith("PK\x03\x04"u8))
        {
            return ("this is a ZIP archive (a PyTorch checkpoint, or a packed download), not GGUF", $"Unpack it if it holds a .gguf file. {ConvertFix}");
        }

        if (head.Length > 8 && head[8] == (byte)'{' && BinaryPrimitives.ReadUInt64LittleEndian(head) is > 1 and < 1UL << 32)
        {
            return ("this is a safetensors file, not GGUF", ConvertFix);
        }

        if (head.StartsWith("ggjt"u8) || head.StartsWith("tjgg"u8) || head.StartsWith("ggml"u8) || head.StartsWith("lmgg"u8) || head.StartsWith("fmgg"u8) || head.StartsWith("algg"u8))
        {
            return ("this is a GGML file of 2023, older than GGUF", "Download a current .gguf build of the model.");
        }

        if (head.StartsWith("FUGG"u8))
        {
            return ("the bytes of the file are in reverse order", "Download the little-endian build of the model.");
        }

        if (head.StartsWith(new byte[] { 0x1F, 0x8B }) || head.StartsWith(new byte[] { 0x28, 0xB5, 0x2F, 0xFD }) || head.StartsWith(new byte[] { (byte)'7', (byte)'z', 0xBC, 0xAF }) || head.StartsWith(new byte[] { 0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z' }))
        {
            return ("this is a compressed archive, not GGUF", "Unpack it and give the .gguf file inside.");
        }

        if (head[0] == 0x80 && head[1] is >= 2 and <= 5)
        {
            return ("this is a Python pickle (an old PyTorch checkpoint), not GGUF", ConvertFix);
        }

        if (!head.ContainsAnyExcept((byte)0))
        {
            return ("the file starts with zeros: space was reserved for it, but the model was never written", "Download the model again.");
        }

        var text = TrimStart(head);
        if (StartsWithIgnoringCase(text, "<!doctype"u8) || StartsWithIgnoringCase(text, "<html"u8) || StartsWithIgnoringCase(text, "<?xml"u8))
        {
            return ("this is a web page, not a model: the download address led to a page (sign-in, licence or error)", "Open the address in a browser, accept what it asks, and download the file itself.");
        }

        if (text.Length > 0 && text[0] is (byte)'{' or (byte)'[')
        {
            return ("this is JSON text, not a model (an error message of the server, or a configuration file)", "Read it to see what the server answered, then download the .gguf file itself.");
        }

        return head.ContainsAnyInRange((byte)0, (byte)8)
            ? ($"the file does not start with \"GGUF\" but with bytes {Convert.ToHexString(head[..4])}", "Give a .gguf file; if this is one, it is damaged: download it again.")
            : ("this is a text file, not a model", "Give the path of a .gguf file.");
    }

    private static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith(new byte[] { 0xEF, 0xBB, 0xBF }))
        {
            head = head[3..];
        }

        return head.TrimStart(" \t\r\n"u8);
    }

    private static bool StartsWithIgnoringCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower)
    {
        if (text.Length < lower.Length)
        {
            return false;
        }

        for (var i = 0; i < lower.Length; i++)
        {
            var c = text[i];
            if ((c is >= (byte)'A' and <= (byte)'Z' ? c + 32 : c) != lower[i])
            {
                return false;
            }
        }

        return true;
    }
}
