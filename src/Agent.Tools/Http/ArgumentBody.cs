using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using Agent.Tools.Templates;
using Agent.Tools.Yaml;

namespace Agent.Tools.Http;

/// <summary>A body that is one argument's JSON value; none when the argument is absent.</summary>
internal sealed class ArgumentBody(string argument, MediaTypeHeaderValue mediaType) : IBodyTemplate
{
    public HttpContent? Render(CallArguments arguments)
    {
        if (arguments.Find(argument) is not { } value)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, YamlJson.Relaxed))
        {
            value.WriteTo(writer);
        }

        return new ByteArrayContent(buffer.WrittenSpan.ToArray()) { Headers = { ContentType = mediaType } };
    }
}
