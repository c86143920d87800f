using System.Security.Cryptography;
using System.Text;

namespace Agent.Core.Agents;

/// <summary>One key for each call, whoever chose the ids that it is made of: 64 hexadecimal digits.</summary>
internal static class ToolIdempotencyKey
{
    /// <summary>The key of a call that a run made.</summary>
    public static string OfCall(string runId, string callId) => Hash($"call\n{runId}\n{callId}");

    /// <summary>The key of a call that was approved, however often the answer is given.</summary>
    public static string OfApproval(string requestId) => Hash($"approval\n{requestId}");

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
