namespace Agent.Core.Gguf;

#pragma warning disable CA1707 // The field writes Q4_K, not Q4K; these names appear in file names, messages and documentation.

/// <summary>Element type of a tensor, and of a KV cache; the numbers are those of ggml in llama.cpp v0.5.0.</summary>
public enum GgmlType
{
    /// <summary>32-bit float.</summary>
    F32 = 0,

    /// <summary>16-bit float.</summary>
    F16 = 1,

    /// <summary>4 bits, 32 to a block, scale.</summary>
    Q4_0 = 2,

    /// <summary>4 bits, 32 to a block, scale and minimum.</summary>
    Q4_1 = 3,

    /// <summary>5 bits, 32 to a block, scale.</summary>
    Q5_0 = 6,

    /// <summary>5 bits, 32 to a block, scale and minimum.</summary>
    Q5_1 = 7,

    /// <summary>8 bits, 32 to a block, scale.</summary>
    Q8_0 = 8,

    /// <summary>8 bits, 32 to a block, scale and sum.</summary>
    Q8_1 = 9,

    /// <summary>2-bit K-quant, 256 to a block.</summary>
    Q2_K = 10,

    /// <summary>3-bit K-quant, 256 to a block.</summary>
    Q3_K = 11,

    /// <summary>4-bit K-quant, 256 to a block.</summary>
    Q4_K = 12,

    /// <summary>5-bit K-quant, 256 to a block.</summary>
    Q5_K = 13,

    /// <summary>6-bit K-quant, 256 to a block.</summary>
    Q6_K = 14,

    /// <summary>8-bit K-quant, 256 to a block.</summary>
    Q8_K = 15,

    /// <summary>2.06 bits with a codebook.</summary>
    IQ2_XXS = 16,

    /// <summary>2.31 bits with a codebook.</summary>
    IQ2_XS = 17,

    /// <summary>3.06 bits with a codebook.</summary>
    IQ3_XXS = 18,

    /// <summary>1.56 bits with a codebook.</summary>
    IQ1_S = 19,

    /// <summary>4 bits, not linear, 32 to a block.</summary>
    IQ4_NL = 20,

    /// <summary>3.44 bits with a codebook.</summary>
    IQ3_S = 21,

    /// <summary>2.5 bits with a codebook.</summary>
    IQ2_S = 22,

    /// <summary>4.25 bits, not linear, 256 to a block.</summary>
    IQ4_XS = 23,

    /// <summary>8-bit integer.</summary>
    I8 = 24,

    /// <summary>16-bit integer.</summary>
    I16 = 25,

    /// <summary>32-bit integer.</summary>
    I32 = 26,

    /// <summary>64-bit integer.</summary>
    I64 = 27,

    /// <summary>64-bit float.</summary>
    F64 = 28,

    /// <summary>1.75 bits with a codebook.</summary>
    IQ1_M = 29,

    /// <summary>bfloat16.</summary>
    BF16 = 30,

    /// <summary>Ternary, 1.69 bits.</summary>
    TQ1_0 = 34,

    /// <summary>Ternary, 2.06 bits.</summary>
    TQ2_0 = 35,

    /// <summary>OCP microscaling 4-bit float.</summary>
    MXFP4 = 39,

    /// <summary>4-bit float with E4M3 scales.</summary>
    NVFP4 = 40,

    /// <summary>1 bit, 128 to a block.</summary>
    Q1_0 = 41,

    /// <summary>2 bits, 64 to a block.</summary>
    Q2_0 = 42,
}
