using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;

namespace ServerlessRouter.Tools.MeasureTelemetry;

/// <summary>What the books of an instance take of a processor while requests come at a steady rate: counting, writing what was counted, rolling up. The clock of the books goes as fast as the work is done.</summary>
internal sealed class RollUpMeasurement
{
    private const int Keys = 50;
    private const int Models = 10;

    private static readonly RouterModel Model = Configured();

    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly UsageOptions _options = new();
    private readonly ITableStore _store;
    private readonly List<Accounting> _instances;
    private readonly RequestContext[] _requests;
    private readonly double _perSecond;

    /// <param name="open">The store that all instances share, by their clock.</param>
    /// <param name="instances">How many.</param>
    /// <param name="perSecond">Requests a second of each.</param>
    public RollUpMeasurement(Func<TimeProvider, ITableStore> open, int instances, double perSecond)
    {
        (_store, _perSecond) = (open(_time), perSecond);
        _instances = [.. Enumerable.Range(1, instances).Select(seed => new Accounting(_store, new RouterModelSource(Model), new AccountingOptions { Usage = _options }, _time, new SeededRandomSource(seed), NullLoggerFactory.Instance))];
        _requests = [.. Enumerable.Range(0, Keys).SelectMany(key => Enumerable.Range(0, Models).Select(model => Answered($"key-{key}", $"model-{model}")))];
    }

    public static void TellHead() =>
        Console.WriteLine("\n| the books, of one core | counting | writing every 5 s | rolling up every 15 minutes | together | longest write, ms | longest roll-up, ms |\n| --- | --- | --- | --- | --- | --- | --- |");

    public async Task RunAsync(string name, int hours)
    {
        var (counting, writing, rolling) = (new Work(), new Work(), new Work());
        // What is compiled in the first half-hour is not counted.
        await PassAsync(TimeSpan.FromMinutes(30), new Work(), new Work(), new Work());
        await PassAsync(TimeSpan.FromHours(hours), counting, writing, rolling);
        var core = TimeSpan.FromHours(hours) * _instances.Count / 100;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {counting.Sum / core:0.000} % | {writing.Sum / core:0.000} % | {rolling.Sum / core:0.000} % | {(counting.Sum + writing.Sum + rolling.Sum) / core:0.000} % | {writing.Longest.TotalMilliseconds:0.0} | {rolling.Longest.TotalMilliseconds:0.0} |"));
    }

    private async Task PassAsync(TimeSpan span, Work counting, Work writing, Work rolling)
    {
        var (steps, rollUps) = ((int)(span / _options.FlushInterval), (int)(_options.RollUpInterval / _options.FlushInterval));
        var next = 0;
        for (var step = 1; step <= steps; step++)
        {
            _time.Advance(_options.FlushInterval);
            foreach (var books in _instances)
            {
                var due = (int)(_perSecond * _options.FlushInterval.TotalSeconds * step) - (int)(_perSecond * _options.FlushInterval.TotalSeconds * (step - 1));
                for (var request = 0; request < due; request++)
                    books.Listener.OnSettled(_requests[next++ % _requests.Length]);
                await counting.DoAsync(() =>
                {
                    books.TakeIn();
                    return ValueTask.CompletedTask;
                });
                await writing.DoAsync(() => books.Flush.RunAsync(default));
            }

            if (step % rollUps != 0)
                continue;
            foreach (var books in _instances)
                await rolling.DoAsync(() => books.RollUpAsync(default));
        }
    }

    private static RouterModel Configured()
    {
        var names = Enumerable.Range(0, Models).Select(static model => $"model-{model}").ToArray();
        return names.Aggregate(new RouterBuilder(), static (router, name) => router.Model(name)).Route("auto", route => route.Candidates(names)).Build();
    }

    private static RequestContext Answered(string key, string name)
    {
        var model = Model.ModelsByName[name];
        var request = new RequestContext("r-1", Model, ScannedRequest.Of(ChatBodies.Plain()), new ListedHeaders(), 0) { CallerName = key, Route = Model.Targets["auto"] };
        var attempt = new AttemptContext(request, model, DeploymentChoice.Fresh) { Deployment = model.Deployments[0], WasSent = true };
        attempt.End(1, null, new TokenUsage(1000, 100) { CachedTokens = 400 }, 0.000_125m);
        request.Attempts.Add(attempt);
        (request.Answered, request.SettledAt, request.CostUsd) = (attempt, TimeSpan.TicksPerSecond, 0.000_125m);
        return request;
    }

    /// <summary>Processor time of the process, whatever thread does the work.</summary>
    private sealed class Work
    {
        public TimeSpan Sum { get; private set; }

        public TimeSpan Longest { get; private set; }

        public async ValueTask DoAsync(Func<ValueTask> work)
        {
            var (cpu, began) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
            await work();
            Sum += Environment.CpuUsage.TotalTime - cpu;
            var taken = Stopwatch.GetElapsedTime(began);
            Longest = taken > Longest ? taken : Longest;
        }
    }
}
