using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ServerlessRouter.Http.Dashboard;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>The dashboard's files as a browser asks for them.</summary>
public sealed class DashboardPageTests : IAsyncLifetime
{
    private HttpServer _server = null!;

    public async Task InitializeAsync() => _server = await HttpServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public void Files_AllTogether_AreLessThan200Kilobytes()
    {
        var sum = DashboardFiles.Read().Where(static file => !file.Key.Contains("LICENSE", StringComparison.Ordinal)).Sum(static file => file.Value.In(takesBrotli: false, takesGzip: false).Content.Length);

        Assert.InRange(sum, 150_000, 199_999);
    }

    [Fact]
    public async Task Page_ForbidsWhatIsNotItsOwn()
    {
        using var answer = await GetAsync("dashboard");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        var text = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotMatch("<script(?![^>]*src=)|<style|\\son[a-z]+=|\\sstyle=|https?://(?!www\\.w3\\.org/)", text);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData("gzip, deflate, br, zstd")]
    [InlineData("br;q=0, gzip;q=0.5")]
    [InlineData("")]
    [InlineData("br;q=0")]
    public async Task File_IsTheSameInEveryCoding(string codings)
    {
        using var plain = await GetAsync("dashboard/app.js");
        using var answer = await GetAsync("dashboard/app.js", ("Accept-Encoding", codings));

        var coding = answer.Content.Headers.ContentEncoding.SingleOrDefault();
        Assert.Equal(codings.Contains("br;q=0", StringComparison.Ordinal) ? codings.Contains("gzip", StringComparison.Ordinal) ? "gzip" : null : codings.Contains("br", StringComparison.Ordinal) ? "br" : codings.Length > 0 ? "gzip" : null, coding);
        Assert.Equal("Accept-Encoding", answer.Headers.Vary.Single());
        Stream sent = await answer.Content.ReadAsStreamAsync();
        await using var read = coding switch { "br" => new BrotliStream(sent, CompressionMode.Decompress), "gzip" => new GZipStream(sent, CompressionMode.Decompress), _ => sent };
        using var text = new StreamReader(read, Encoding.UTF8);
        Assert.Equal(await plain.Content.ReadAsStringAsync(), await text.ReadToEndAsync());
        Assert.Equal(coding is null, answer.Headers.ETag!.Tag == plain.Headers.ETag!.Tag);
    }

    [Fact]
    public async Task File_ThatIsKept_IsNotSentAgain()
    {
        using var first = await GetAsync("dashboard/app.js");
        Assert.Equal("no-cache", first.Headers.CacheControl!.ToString());
        using var again = await GetAsync("dashboard/app.js", ("If-None-Match", $"\"other\", {first.Headers.ETag!.Tag}"));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(first.Headers.ETag, again.Headers.ETag);
        using var changed = await GetAsync("dashboard/app.js", ("If-None-Match", "\"other\""));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task Head_TellsTheLengthAlone()
    {
        using var answer = await _server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "dashboard"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Content.Headers.ContentLength > 0);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task PageWithASlash_LeadsToThePage()
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _server.Client.BaseAddress };
        using var answer = await client.GetAsync(new Uri("dashboard/", UriKind.Relative));
        Assert.Equal(HttpStatusCode.PermanentRedirect, answer.StatusCode);
        Assert.Equal("/dashboard", new Uri(new Uri(client.BaseAddress!, "dashboard/"), answer.Headers.Location!).AbsolutePath);
    }

    [Theory]
    [InlineData("nothing.js")]
    [InlineData("..%2Findex.html")]
    [InlineData("..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("%2e%2e%2fapp.js")]
    [InlineData("..\\app.js")]
    [InlineData("app.js%00.html")]
    [InlineData("openapi.json")]
    [InlineData("APP.JS")]
    public async Task NameThatIsNoFile_IsNotFound(string name)
    {
        var answer = await _server.SendRawAsync($"GET /dashboard/{name} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.Matches("^HTTP/1.1 40[04] ", answer);
    }

    [Fact]
    public async Task Page_NamesEveryModuleOfItsFirstView_SoThatNoneWaitsForAnother()
    {
        var page = await TextAsync("dashboard");
        var named = Regex.Matches(page, "rel=\"modulepreload\" href=\"([^\"]+)\"").Select(static match => match.Groups[1].Value).Order(StringComparer.Ordinal);

        var (needed, unread) = (new SortedSet<string>(StringComparer.Ordinal) { "dashboard/pages/overview.js" }, new Queue<string>(["dashboard/app.js", "dashboard/pages/overview.js"]));
        while (unread.TryDequeue(out var module))
        {
            foreach (Match import in Regex.Matches(await TextAsync(module), "^import .* from '([^']+)';", RegexOptions.Multiline))
            {
                var path = new Uri(new Uri(_server.Client.BaseAddress!, module), import.Groups[1].Value).AbsolutePath.TrimStart('/');
                if (needed.Add(path))
                    unread.Enqueue(path);
            }
        }

        Assert.Equal(needed, named);
    }

    private async Task<string> TextAsync(string path)
    {
        using var answer = await GetAsync(path);
        return await answer.Content.ReadAsStringAsync();
    }

    private Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return _server.Client.SendAsync(request);
    }
}
