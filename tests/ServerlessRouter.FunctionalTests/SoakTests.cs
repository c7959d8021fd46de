using System.Collections.Concurrent;
using System.Net.NetworkInformation;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>
/// Rounds of requests against two vendors of whose answers three in ten are faults, while one client in ten leaves early. After each round every call is found in the
/// bill of its request exactly once; over the rounds neither memory nor sockets grow.
/// </summary>
[Collection(nameof(Alone))]
public sealed class SoakTests
{
    private const int Rounds = 5;
    private const int RequestsPerRound = 1000;
    private const int Parallelism = 24;
    private const double FaultShare = 0.3;
    private const double LeaverShare = 0.1;
    private const long MaxGrowthBytes = 8 * 1024 * 1024;

    private readonly SeededRandomSource _random = new(20260301);

    [Fact]
    public async Task Chat_ThreeInTenAnswersAreFaults_BillsMemoryAndSocketsStayInOrder()
    {
        using var unobserved = UnobservedTasks.Watch();
        using var metered = new MeteredBooks();
        await using var left = await FakeUpstream.StartAsync();
        await using var right = await FakeUpstream.StartAsync();
        FakeUpstream[] vendors = [left, right];
        foreach (var vendor in vendors)
            vendor.Default(_ => Draw());
        var memory = new List<long>();
        await using (var router = await RunningRouter.StartAsync(new RouterFile()
            .Provider("left", left.OpenAiAddress).Provider("right", right.OpenAiAddress).Model("both", ["left", "right"], """{ "balancing": "round-robin" }""")
            .Route("auto", ["both"], """{ "limits": { "attempts": 4, "stallSeconds": 5, "firstTokenSeconds": 5, "deadlineSeconds": 20 } }""")))
        {
            for (var round = 1; round <= Rounds; round++)
            {
                var answers = await PlayAsync(router);
                await EndedAsync(vendors);
                await Eventually.HoldsAsync(
                    () => metered.Requests == round * RequestsPerRound, $"{round * RequestsPerRound} requests to be settled once each; there are {metered.Requests}");
                AssertEveryCallIsInItsBill(answers, vendors);
                foreach (var vendor in vendors)
                    vendor.Books.Forget();
                memory.Add(GC.GetTotalMemory(forceFullCollection: true));
            }

            Assert.InRange(vendors.Sum(OpenConnections), 0, Parallelism * vendors.Length);
        }

        await Eventually.HoldsAsync(() => vendors.Sum(OpenConnections) == 0, "the stopped router to have closed every connection to its vendors");
        // The first round warms pools up.
        Assert.InRange(memory[^1] - memory[1], long.MinValue, MaxGrowthBytes);
        unobserved.AssertNone();
    }

    private async Task<IReadOnlyDictionary<string, ClientAnswer>> PlayAsync(RunningRouter router)
    {
        var answers = new ConcurrentDictionary<string, ClientAnswer>();
        await Parallel.ForEachAsync(Enumerable.Range(0, RequestsPerRound), new ParallelOptions { MaxDegreeOfParallelism = Parallelism }, async (number, _) =>
        {
            var body = ChatBodies.For(stream: number % 2 == 0, Name(number));
            if (_random.NextDouble() < LeaverShare)
                await LeaveAsync(router, body);
            else
                answers[Name(number)] = await router.ChatAsync(body, ("x-router-metadata", "enabled"));
        });
        return answers;
    }

    /// <summary>Asks and leaves, mostly inside the answer.</summary>
    private static async Task LeaveAsync(RunningRouter router, byte[] body)
    {
        await using var client = await RawClient.ConnectAsync(router.Address);
        await client.SendChatAsync(body);
        await client.ReadUntilAsync("HTTP/1.1");
        client.Reset();
    }

    /// <summary>Whole answers cost what the vendor's books say; an answer that broke off costs something if content came, once; everything else costs nothing.</summary>
    private static void AssertEveryCallIsInItsBill(IReadOnlyDictionary<string, ClientAnswer> answers, FakeUpstream[] vendors)
    {
        var lines = vendors
            .SelectMany(vendor => vendor.Books.Requests.Join(vendor.Books.Answers, request => request.Number, answer => answer.Request, (request, answer) =>
                (Name: (string)request.Json!["messages"]![0]!["content"]!, Answer: answer)))
            .ToLookup(line => line.Name, line => line.Answer);
        Assert.InRange(answers.Values.Count(answer => answer.IsWhole), RequestsPerRound / 2, answers.Count - 1);
        Assert.All(answers, asked =>
        {
            var (name, answer) = asked;
            if (answer.Metadata is not { } metadata)
            {
                // Plain errors carry none; nothing that was whole may stand behind one.
                Assert.NotNull(answer.Error);
                Assert.DoesNotContain(lines[name], line => line.ReportedUsage);
                return;
            }

            var attempts = metadata["attempts"]!.AsArray().Where(attempt => (string?)attempt!["outcome"] != "no_deployment").ToList();
            // A kept connection that broke before a byte came was replaced within its attempt.
            var (calls, unanswered) = (lines[name].Count(), lines[name].Count(line => line.Status is null));
            Assert.InRange(attempts.Count, calls - unanswered, calls);
            var reported = lines[name].Where(line => line.ReportedUsage).Sum(line => line.CostUsd);
            var answered = attempts.Where(attempt => (string?)attempt!["outcome"] == "answered").Sum(attempt => (decimal)attempt!["cost_usd"]!);
            // A plain answer that lost nothing but its usage is given, and its bill can only be an estimate.
            if (reported == 0 && answered > 0)
                Assert.True(!answer.IsStream && (bool)answer.Usage!["cost_details"]!["is_estimated"]!);
            else
                Assert.Equal(reported, answered);
            Assert.All(attempts.Where(attempt => (string?)attempt!["outcome"] == "cut_after_commit"), attempt => Assert.True((decimal)attempt!["cost_usd"]! > 0));
            Assert.Equal(attempts.Sum(attempt => (decimal)attempt!["cost_usd"]!), (decimal)metadata["cost_usd"]!);
            if (answer.Error is null)
                Assert.Equal((decimal)metadata["cost_usd"]!, answer.CostUsd);
        });
    }

    private static Task EndedAsync(FakeUpstream[] vendors) =>
        Eventually.HoldsAsync(() => vendors.All(vendor => vendor.Books.InFlight == 0), "every vendor to have ended its answers");

    private static int OpenConnections(FakeUpstream vendor) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Count(connection => connection.State == TcpState.Established && connection.RemoteEndPoint.Port == vendor.BaseAddress.Port);

    private static string Name(int number) => $"prompt {number}";

    private Reply Draw()
    {
        var whole = Reply.Stream("One ", "two ", "three ", "four.").Usage(20 + _random.Next(500), 4 + _random.Next(200));
        if (_random.NextDouble() >= FaultShare)
            return whole;
        return _random.Next(8) switch
        {
            0 => Reply.Status(503),
            1 => Reply.Status(500),
            2 => whole.ResetAt(ReplyPoint.BeforeHeaders),
            3 => whole.ResetAt(ReplyPoint.AfterHeaders),
            4 => whole.CutAt(ReplyPoint.BeforeFirstToken, CutManner.Close),
            5 => whole.CutAfterChunk(2),
            6 => whole.ResetAt(ReplyPoint.AfterChunk(3)),
            _ => Reply.RateLimited().RetryAfterMilliseconds(50),
        };
    }
}
