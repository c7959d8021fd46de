using System.Net;

namespace ServerlessRouter.Functions.Tests.Jobs;

/// <summary>In front of the emulator: passes calls on, and from one of them on refuses as Blob Storage does.</summary>
internal sealed class FaultyBlobService(int passes, HttpStatusCode status, string errorCode) : DelegatingHandler(new HttpClientHandler())
{
    private int _calls;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_calls++ < passes)
            return await base.SendAsync(request, cancellationToken);
        var answer = new HttpResponseMessage(status) { Content = new ByteArrayContent([]) };
        answer.Headers.Add("x-ms-error-code", errorCode);
        return answer;
    }
}
