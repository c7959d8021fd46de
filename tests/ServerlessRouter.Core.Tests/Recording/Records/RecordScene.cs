using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording;
using ServerlessRouter.Recording.Records;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording.Records;

/// <summary>The books of instances that keep records, over one store and a clock that the test moves.</summary>
internal sealed class RecordScene
{
    private static int s_seed;
    private readonly ILoggerFactory _loggers;

    public RecordScene(int keepDays = 30, ITableStore? store = null, RecordOptions? options = null, ILoggerFactory? loggers = null)
    {
        _loggers = loggers ?? NullLoggerFactory.Instance;
        Store = store ?? new MemoryTableStore(Time);
        Options = options ?? new RecordOptions();
        Models = new RouterModelSource(Configure(keepDays));
        Books = Join();
    }

    public ManualTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public ITableStore Store { get; }

    public RecordOptions Options { get; }

    public RouterModelSource Models { get; }

    public Accounting Books { get; }

    public static RouterModel Configure(int keepDays) => new RouterBuilder().Model("mini").Model("large").Records(keepDays).Build();

    /// <summary>One more instance.</summary>
    public Accounting Join() => new(Store, Models, new AccountingOptions { Records = Options }, Time, new SeededRandomSource(Interlocked.Increment(ref s_seed)), _loggers);

    /// <summary>A request ends; those of one name differ by when they came.</summary>
    public RequestContext Settle(string id, string? key = "team", Accounting? at = null, string prompt = "a secret prompt", string? body = null)
    {
        var context = Begin(id, key, prompt, body);
        context.Answered = Attempt(context, null, new TokenUsage(10, 5), 0.25m);
        context.CostUsd = context.SpentUsd;
        (at ?? Books).Listener.OnSettled(context);
        return context;
    }

    public RequestContext Begin(string id, string? key = "team", string prompt = "a secret prompt", string? body = null) =>
        new(id, Models.Current, body is null ? ScannedRequest.Of(ChatBodies.Plain(prompt, "mini")) : ScannedRequest.Of(body), new ListedHeaders(), Time.GetTimestamp()) { CallerName = key, Route = Models.Current.Targets["mini"] };

    public AttemptContext Attempt(RequestContext context, AttemptFailure? failure, TokenUsage usage, decimal costUsd)
    {
        var model = Models.Current.ModelsByName["mini"];
        var attempt = new AttemptContext(context, model, DeploymentChoice.Fresh) { Deployment = model.Deployments[0], WasSent = true, StartedAt = Time.GetTimestamp() };
        attempt.End(Time.GetTimestamp(), failure, usage, costUsd);
        context.Attempts.Add(attempt);
        return attempt;
    }

    public async Task FlushAsync(Accounting? of = null) => await (of ?? Books).Record.RunAsync(default);

    public async Task<RequestRecord?> FindAsync(string id, string? key = null) => (await Books.Records.FindAsync(id, key, default)).Found;

    /// <summary>Names of what is listed, page after page.</summary>
    public async Task<List<string>> ListAsync(int limit = 100, string? key = null, int days = 60)
    {
        var (names, query) = (new List<string>(), new RecordQuery { From = Time.GetUtcNow().AddDays(-days), To = Time.GetUtcNow().AddTicks(1), Key = key, Limit = limit });
        for (var pages = 0; ; pages++)
        {
            Assert.InRange(pages, 0, 1000);
            var page = (await Books.Records.ReadAsync(query, default)).Found!;
            Assert.InRange(page.Records.Count, 0, limit);
            names.AddRange(page.Records.Select(static record => record.Id));
            if (page.Next is not { } next)
                return names;
            query = query with { After = RecordCursor.Parse(next.ToString()) };
        }
    }
}
