using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>A vendor on a real socket of this machine: answers OpenAI (chat completions and responses), Azure OpenAI and Anthropic requests as scripted, and keeps books.</summary>
/// <remarks>Unscripted it echoes. Requests a vendor would refuse are refused before any script is used.</remarks>
public sealed class FakeUpstream : IAsyncDisposable
{
    private readonly ConcurrentQueue<Reply> _next = new();
    private readonly ConcurrentQueue<string> _mistakes = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly WebApplication _server;
    private volatile Func<UpstreamRequest, Reply> _default = EchoReply.For;

    private FakeUpstream(WebApplication server) => _server = server;

    /// <summary>The root, with a slash at its end; also what Azure and Anthropic clients take.</summary>
    public Uri BaseAddress { get; private set; } = null!;

    /// <summary>What OpenAI clients take as their base URL.</summary>
    public Uri OpenAiAddress => new(BaseAddress, "v1/");

    /// <summary>The same port as https, where every TLS handshake fails.</summary>
    public Uri BrokenTlsAddress => new UriBuilder(BaseAddress) { Scheme = Uri.UriSchemeHttps }.Uri;

    public UpstreamBooks Books { get; } = new();

    public UpstreamPrice Price { get; init; } = UpstreamPrice.Default;

    /// <summary>When set, any other key is answered with 401.</summary>
    public string? RequiredKey { get; set; }

    public static async Task<FakeUpstream> StartAsync(UpstreamPrice? price = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
        });
        // A flush must not return before the bytes are with the socket, or a reset right after it would swallow them.
        builder.WebHost.UseSockets(options => options.MaxWriteBufferSize = 1);
        var upstream = new FakeUpstream(builder.Build()) { Price = price ?? UpstreamPrice.Default };
        upstream._server.Run(upstream.AnswerAsync);
        await upstream._server.StartAsync();
        upstream.BaseAddress = new Uri(upstream._server.Urls.Single() + "/");
        return upstream;
    }

    /// <summary>What is answered when nothing is enqueued.</summary>
    public void Default(Reply reply) => _default = _ => reply;

    /// <summary>What is answered when nothing is enqueued, decided per request; called concurrently.</summary>
    public void Default(Func<UpstreamRequest, Reply> reply) => _default = reply;

    /// <summary>Enqueues replies; each serves one request, in order of arrival.</summary>
    public void Next(params ReadOnlySpan<Reply> replies)
    {
        foreach (var reply in replies)
            _next.Enqueue(reply);
    }

    /// <summary>The <paramref name="number"/>-th request, as soon as it has arrived.</summary>
    public Task<UpstreamRequest> WaitForRequestAsync(int number = 1) => Books.WaitForRequestAsync(number);

    /// <summary>The <paramref name="count"/>-th answer to end, as soon as it has.</summary>
    public Task<UpstreamAnswer> WaitForAnswerAsync(int count = 1) => Books.WaitForAnswerAsync(count);

    /// <summary>What the vendor bills for everything, as soon as no answer is on its way: a client may know of an end before the books do.</summary>
    public async Task<decimal> BilledUsdAsync()
    {
        await Books.WaitUntilIdleAsync();
        return Books.CostUsd;
    }

    /// <summary>Waits until the client has abandoned that many answers.</summary>
    public Task WaitForAbortAsync(int count = 1) => Books.WaitForAbortAsync(count);

    /// <summary>Ends every answer that is still held; fails if a script could not be played.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _server.StopAsync();
        await _server.DisposeAsync();
        _stopping.Dispose();
        if (!_mistakes.IsEmpty)
            throw new InvalidOperationException(string.Join(Environment.NewLine, _mistakes));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        UpstreamAnswer? answer = null;
        var call = Books.Enter();
        try
        {
            if (await ReceiveAsync(context) is { } request)
                answer = await DeliverAsync(context, call, request);
        }
        catch (Exception exception)
        {
            _mistakes.Enqueue(exception.ToString());
            context.Abort();
        }
        finally
        {
            Books.Leave(call, answer);
        }
    }

    /// <summary>The request; null when the client left before it was whole.</summary>
    private async Task<UpstreamRequest?> ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            Books.CountAbortedUpload();
            context.Abort();
            return null;
        }
        var incoming = context.Request;
        var headers = incoming.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        return Books.Receive(number =>
            new UpstreamRequest(number, incoming.Method, incoming.Path.Value!, incoming.QueryString.Value!, headers, body.ToArray()));
    }

    private Task<UpstreamAnswer> DeliverAsync(HttpContext context, UpstreamCall call, UpstreamRequest request)
    {
        var reply = RequestCheck.Refuse(request, RequiredKey) ?? (_next.TryDequeue(out var next) ? next : _default(request));
        var plan = AnswerPlanner.Plan(request, reply);
        if (ScriptCheck.FindMistake(reply, plan) is { } mistake)
            throw new InvalidOperationException($"{request}: {mistake}");
        return new Delivery(context, reply, reply.IsGzipped ? plan.Compress() : plan, () => Books.EndAnswer(call), _stopping.Token).PlayAsync(request, Price);
    }
}
