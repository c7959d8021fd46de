using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace ServerlessRouter.Functions.Tests.State;

/// <summary>Refuses every transaction as Table Storage does.</summary>
internal sealed class RefusingTableService(string errorCode) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Answer());

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => Answer();

    private HttpResponseMessage Answer()
    {
        string[] lines =
        [
            "--batchresponse_a", "Content-Type: multipart/mixed; boundary=changesetresponse_b", "",
            "--changesetresponse_b", "Content-Type: application/http", "Content-Transfer-Encoding: binary", "",
            "HTTP/1.1 400 Bad Request", "Content-Type: application/json;odata=minimalmetadata", "",
            $$$$"""{"odata.error":{"code":"{{{{errorCode}}}}","message":{"lang":"en-US","value":"0:Refused."}}}""",
            "--changesetresponse_b--", "--batchresponse_a--", "",
        ];
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(string.Join("\r\n", lines)));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/mixed; boundary=batchresponse_a");
        return new HttpResponseMessage(HttpStatusCode.Accepted) { Content = content };
    }
}
