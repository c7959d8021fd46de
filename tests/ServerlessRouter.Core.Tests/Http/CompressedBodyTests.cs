using System.IO.Compression;
using System.Net;
using System.Text;
using ServerlessRouter.Configuration;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>Bodies that came compressed, which clients with long prompts do.</summary>
public sealed class CompressedBodyTests : IAsyncLifetime
{
    private HttpServer _server = null!;

    public async Task InitializeAsync() => _server = await HttpServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("x-gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("raw deflate")]
    [InlineData("identity, gzip")]
    public async Task Chat_Compressed_ReachesThePipelineAsItWas(string coding)
    {
        foreach (var size in new[] { 10, 5_000_000 })
        {
            var sent = ChatBodies.Plain(new string('x', size));
            byte[]? received = null;
            _server.Pipeline.Answer = (context, _) =>
            {
                received = context.Request.Bytes.ToArray();
                return Task.FromResult(Answers.Whole("{}"));
            };

            using var response = await PostAsync(Pack(sent, coding), coding.Replace("raw ", "", StringComparison.Ordinal));

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.True(sent.AsSpan().SequenceEqual(received));
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Chat_UnpacksToMoreThanTheLimit_Is413(string coding)
    {
        using var response = await PostAsync(Pack(new byte[200 * 1024 * 1024], coding), coding);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains($"larger than {RouterModel.DefaultMaxRequestBytes} bytes", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", null)]
    [InlineData("br", null)]
    [InlineData("deflate", null)]
    [InlineData("gzip", 40)]
    [InlineData("br", 40)]
    [InlineData("deflate", 40)]
    [InlineData("gzip", 1)]
    [InlineData("br", 1)]
    [InlineData("deflate", 1)]
    public async Task Chat_BrokenOrCutShort_400SaysThatTheCompressedBodyIs(string coding, int? cut)
    {
        var packed = cut is { } bytes ? Pack(ChatBodies.Plain(Noise()), coding)[..^bytes] : ChatBodies.Plain();

        using var response = await PostAsync(packed, coding);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains($"is not the {coding} that its Content-Encoding says, or it is cut short", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("compress")]
    [InlineData("zstd")]
    [InlineData("gzip, br")]
    [InlineData("gzip;q=1")]
    public async Task Chat_InACodingThatIsNotTaken_415NamesThoseThatAre(string coding)
    {
        using var response = await PostAsync(ChatBodies.Plain(), coding);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal("gzip, br, deflate", ChatCompletionsTests.Header(response, "Accept-Encoding"));
        var body = await response.Content.ReadAsStringAsync();
        Assert.Contains("gzip, br, deflate", body, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"unsupported_media_type\"", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1/feedback", HttpStatusCode.NotFound)]
    [InlineData("v1/route", HttpStatusCode.OK)]
    public async Task OtherEndpoints_ReadThemToo(string path, HttpStatusCode expected)
    {
        _server.Pipeline.Plan = static context =>
        {
            context.Route = context.Router.Targets["mini"];
            context.Plan = new() { Candidates = [], Exclusions = [], Objective = "cost" };
            return null;
        };
        var body = path == "v1/feedback" ? Encoding.UTF8.GetBytes("""{"request_id":"r","score":1}""") : ChatBodies.Plain();

        using var response = await PostAsync(Pack(body, "gzip"), "gzip", path);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Upload_Compressed_KeepsTheFileAsItWas()
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("batch"), "purpose" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes("{}\n")), "file", "input.jsonl" },
        };
        using var content = new ByteArrayContent(Pack(await form.ReadAsByteArrayAsync(), "gzip"));
        content.Headers.ContentType = form.Headers.ContentType;
        content.Headers.ContentEncoding.Add("gzip");

        using var response = await _server.Client.PostAsync(new Uri("v1/files", UriKind.Relative), content);

        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, answer);
        Assert.Contains("\"bytes\":3", answer, StringComparison.Ordinal);
    }

    private static string Noise() => Convert.ToBase64String(Enumerable.Range(0, 3000).Select(static place => (byte)(place * place * 31 >> 3)).ToArray());

    private static byte[] Pack(byte[] body, string coding)
    {
        using var packed = new MemoryStream();
        using (Stream packer = coding switch
        {
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "raw deflate" => new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
        })
            packer.Write(body);
        return packed.ToArray();
    }

    private async Task<HttpResponseMessage> PostAsync(byte[] body, string coding, string path = "v1/chat/completions")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        return await _server.Client.PostAsync(new Uri(path, UriKind.Relative), content);
    }
}
