using Agent.Tools.Http;
using Agent.Tools.Yaml;

namespace Agent.Tools.OpenApi;

/// <summary>One item of <c>operations</c>.</summary>
/// <param name="Operation">An operationId, or a method and a path: <c>GET /pets/{id}</c>.</param>
/// <param name="Select">The part of a JSON response that is the result; null for all of it.</param>
/// <param name="Pagination">How its pages are followed; null for answers that are whole.</param>
/// <param name="Position">Where the item stands.</param>
internal sealed record OpenApiSelection(string Operation, string? Select, HttpPagination? Pagination, SourcePosition Position);
