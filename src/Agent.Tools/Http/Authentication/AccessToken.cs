using System.Net.Http.Headers;

namespace Agent.Tools.Http.Authentication;

/// <summary>A token and the time from which a new one is fetched.</summary>
internal sealed record AccessToken(AuthenticationHeaderValue Authorization, DateTimeOffset RenewAt);
