using Microsoft.AspNetCore.Http;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http.Wire;

/// <summary>A request's headers as the pipeline reads them.</summary>
internal sealed class HttpRequestHeaders(IHeaderDictionary headers) : IRequestHeaders
{
    public string? Get(string name)
    {
        var values = headers[name];
        return values.Count == 0 ? null : values.ToString();
    }
}
