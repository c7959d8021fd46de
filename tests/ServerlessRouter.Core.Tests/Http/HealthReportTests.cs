using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Core.Tests.Recording.Usage;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>How deployments do, as an admin asks one of several instances: what it sees itself, and what they all did in the last hour.</summary>
public sealed class HealthReportTests : IAsyncLifetime
{
    private const string AdminKey = "the-admin-s3cret-key";
    private const int Instances = 8;

    /// <summary>What a page of the dashboard may read.</summary>
    private const int MaxRows = 2000;

    private static readonly RouterModel Router = new RouterBuilder().Model("mini").Model("large").Route("auto", static route => route.Candidates("mini", "large")).Build();

    private readonly CountedStore _store = new(new MemoryTableStore(new ManualTimeProvider()));
    private HttpServer _server = null!;
    private Accounting[] _books = null!;

    public async Task InitializeAsync()
    {
        _server = await HttpServer.StartAsync(Router, admin: new AdminServices(new AdminGate($"sha256:{KeyHash.Of(AdminKey)}", []), null), store: _store);
        _server.Time.Advance(TimeSpan.FromHours(10));
        _books = [.. Enumerable.Range(0, Instances).Select(seed => new Accounting(_store, new RouterModelSource(Router), new AccountingOptions(), _server.Time, new SeededRandomSource(seed), NullLoggerFactory.Instance))];
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task LastHour_IsThatOfAllInstancesTogether()
    {
        foreach (var books in _books)
            await SettleAsync(books, seconds: 2, null, FailureKind.ServerError, FailureKind.Outraced, FailureKind.RequestRejected);

        var mini = await FindAsync("mini");

        // Of four calls at each instance one failed by a fault of the deployment.
        Assert.Equal((4 * Instances, 0.75), ((int)mini["attempts"]!, (double)mini["success_rate"]!));
        Assert.InRange((double)mini["latency_ms"]!, 1910, 2090);
        Assert.InRange((double)mini["latency_p95_ms"]!, 1910, 2090);
        Assert.InRange((double)mini["first_token_ms"]!, 955, 1045);
        Assert.InRange((double)mini["tokens_per_second"]!, 3.1, 3.6);
    }

    [Fact]
    public async Task LastHour_OfADeploymentThatNoneCalled_IsNone_AndSoIsOneOfLongAgo()
    {
        await SettleAsync(_books[0], seconds: 2, [null]);
        Assert.Null(await TryFindAsync("large"));

        _server.Time.Advance(TimeSpan.FromHours(1));

        Assert.Null(await TryFindAsync("mini"));
    }

    [Fact]
    public async Task LastHour_OfAFullHourOfEveryInstance_ReadsFewRows()
    {
        for (var minute = 0; minute < 60; minute++)
        {
            foreach (var books in _books)
                await SettleAsync(books, seconds: 1, [null]);
            _server.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var before = _store.Rows;
        var mini = await FindAsync("mini");

        Assert.InRange((int)mini["attempts"]!, 59 * Instances, 60 * Instances);
        Assert.InRange(_store.Rows - before, 1, MaxRows / 10);
    }

    [Fact]
    public async Task StoreIsDown_WhatTheInstanceSeesIsToldAllTheSame()
    {
        _store.IsDown = true;

        var report = await ReportAsync();

        Assert.Null((string?)report["last_hour"]?.ToJsonString());
        Assert.Equal(["mini", "large"], report["data"]!.AsArray().Select(static one => (string)one!["model"]!));
        Assert.All(report["data"]!.AsArray(), static one => Assert.Equal("closed", (string?)one!["state"]));
    }

    /// <summary>A request with calls that ended so, null for well; the last of them answered.</summary>
    private async Task SettleAsync(Accounting books, double seconds, params FailureKind?[] calls)
    {
        var arrival = _server.Time.GetTimestamp();
        var context = new RequestContext("r-1", Router, ScannedRequest.Of(ChatBodies.Plain(model: "auto")), new ListedHeaders(), arrival) { Route = Router.Targets["auto"], SettledAt = arrival + Ticks(seconds) };
        foreach (var failure in calls)
        {
            var model = Router.ModelsByName["mini"];
            var attempt = new AttemptContext(context, model, DeploymentChoice.Fresh) { Deployment = model.Deployments[0], WasSent = true, StartedAt = arrival + Ticks(seconds / 4) };
            attempt.MarkFirstToken(arrival + Ticks(seconds / 2));
            attempt.End(context.SettledAt, failure is { } kind ? new AttemptFailure(kind, "It failed.") : null, new TokenUsage(10, 5), 0.001m);
            context.Attempts.Add(attempt);
            context.Answered = failure is null ? attempt : context.Answered;
        }

        books.Listener.OnSettled(context);
        await UsageFleet.FlushAsync(books);
    }

    private static long Ticks(double seconds) => (long)(seconds * TimeSpan.TicksPerSecond);

    private async Task<JsonNode> FindAsync(string model) => (await TryFindAsync(model))!;

    private async Task<JsonNode?> TryFindAsync(string model)
    {
        var report = await ReportAsync();
        Assert.Equal(60, (DateTimeOffset.Parse((string)report["last_hour"]!["to"]!) - DateTimeOffset.Parse((string)report["last_hour"]!["from"]!)).TotalMinutes);
        return report["data"]!.AsArray().Single(one => (string?)one!["model"] == model)!["last_hour"];
    }

    private async Task<JsonNode> ReportAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/admin/health");
        request.Headers.Add("api-key", AdminKey);
        using var answer = await _server.Client.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!;
    }
}
