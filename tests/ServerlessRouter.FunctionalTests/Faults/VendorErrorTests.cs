using System.Globalization;
using ServerlessRouter.Errors;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.VendorErrors;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>Every vendor's words for what went wrong, over real sockets: another model answers wherever the request is not to blame, and a model that stands alone says whose fault it is.</summary>
public sealed class VendorErrorTests(VendorErrorTests.Bench bench) : IClassFixture<VendorErrorTests.Bench>
{
    public static TheoryData<int, bool> Scenarios
    {
        get
        {
            var rows = new TheoryData<int, bool>();
            for (var example = 0; example < VendorErrorExamples.All.Count; example++)
            {
                rows.Add(example, false);
                rows.Add(example, true);
            }

            return rows;
        }
    }

    [Theory, MemberData(nameof(Scenarios))]
    public async Task Chat_VendorSaysWhatWentWrong_IsTakenForWhatItMeans(int number, bool stream)
    {
        var example = VendorErrorExamples.All[number];

        var alone = await bench.Router.ChatAsync(ChatBodies.For(stream, model: "alone-" + Bench.RouteOf(number, stream)));
        var withOthers = await bench.Router.ChatAsync(ChatBodies.For(stream, model: Bench.RouteOf(number, stream)));

        var seen = $"{example}\nalone: {alone}\nwith others: {withOthers}";
        Assert.True(Expected(example).Contains(((int)alone.Status, alone.ErrorCode)) || (BlamesTheRequest(example) && (int)alone.Status is >= 400 and < 500), seen);
        if (example.Means == FailureKind.RequestRejected)
            Assert.True((int)withOthers.Status is >= 400 and < 500, seen);
        else
            Assert.True((int)withOthers.Status == 200 && withOthers.Text == Bench.Answer && withOthers.IsWhole, seen);
    }

    private static bool BlamesTheRequest(VendorErrorExample example) => example.Means is FailureKind.RequestRejected or FailureKind.NotExpressible;

    private static (int Status, string? Code)[] Expected(VendorErrorExample example) => example.Means switch
    {
        FailureKind.CredentialRefused or FailureKind.DeploymentNotFound or FailureKind.ServerError => [(502, "upstream_error")],
        FailureKind.QuotaExhausted or FailureKind.Overloaded => [(503, "temporarily_unavailable")],
        FailureKind.RateLimited => [(429, "capacity_exhausted")],
        FailureKind.ContextLengthExceeded => [(400, "context_length_exceeded")],
        FailureKind.ContentFiltered => [(400, "content_filter")],
        _ => [],
    };

    /// <summary>One router for all; each example has a model, a vendor and so a breaker of its own, both ways.</summary>
    public sealed class Bench : IAsyncLifetime
    {
        public const string Answer = "Good, thank you.";

        private readonly FakeUpstreams _upstreams = new();

        internal RunningRouter Router { get; private set; } = null!;

        private static string ModelOf(int example, bool stream) => $"m{example}{(stream ? "s" : "p")}";

        public static string RouteOf(int example, bool stream) => $"r{example}{(stream ? "s" : "p")}";

        public async Task InitializeAsync()
        {
            await _upstreams.StartAsync();
            var file = new RouterFile().Upstream("good", _upstreams.Good, """{ "contextWindow": 1000000 }""");
            for (var example = 0; example < VendorErrorExamples.All.Count; example++)
            {
                foreach (var stream in new[] { false, true })
                {
                    file.Upstream(ModelOf(example, stream), _upstreams.Faulty);
                    file.Route(RouteOf(example, stream), [ModelOf(example, stream)], """{ "fallbacks": ["good"], "onContentFilter": "next" }""");
                    file.Route("alone-" + RouteOf(example, stream), [ModelOf(example, stream)], """{ "limits": { "attempts": 1 } }""");
                }
            }

            Router = await RunningRouter.StartAsync(file);
        }

        public async Task DisposeAsync()
        {
            await Router.DisposeAsync();
            await _upstreams.DisposeAsync();
        }
    }

    /// <summary>A vendor that answers each deployment with its example, and one that is well.</summary>
    private sealed class FakeUpstreams : IAsyncDisposable
    {
        public FakeUpstream Faulty { get; private set; } = null!;

        public FakeUpstream Good { get; private set; } = null!;

        public async Task StartAsync()
        {
            Faulty = await FakeUpstream.StartAsync();
            Faulty.Default(request =>
            {
                var example = VendorErrorExamples.All[int.Parse(request.Model![1..request.Model!.IndexOfAny(['s', 'p'])], CultureInfo.InvariantCulture)];
                return Reply.Body(example.Body, example.Body.StartsWith('<') ? "text/html" : "application/json", example.Status);
            });
            Good = await FakeUpstream.StartAsync();
            Good.Default(Reply.Text(Bench.Answer));
        }

        public async ValueTask DisposeAsync()
        {
            await Faulty.DisposeAsync();
            await Good.DisposeAsync();
        }
    }
}
