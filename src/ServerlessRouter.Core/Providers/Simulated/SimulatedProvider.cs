using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.OpenAI;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers.Simulated;

/// <summary>Answers without a network: for trying the router out, and for tests. Latency, rate and failures are as configured.</summary>
internal sealed class SimulatedProvider(TimeProvider time, IRandomSource random, Func<string, DateTimeOffset, SimulatedFault?>? faults = null) : IChatProvider
{
    private const int UnavailableStatus = 503;
    private const int RateLimitedStatus = 429;
    private const int UsualAnswerBytes = 2048;
    private static readonly TimeSpan RateLimitEnds = TimeSpan.FromSeconds(20);

    public async ValueTask<AttemptResult> SendAsync(AttemptContext attempt, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var deployment = attempt.Deployment!;
        var simulation = deployment.Provider.Simulation ?? SimulationModel.AtOnce;
        if (simulation.FailureRate > 0 && random.NextDouble() < simulation.FailureRate)
            return new AttemptFailure(FailureKind.ServerError, "The simulated provider failed, as it is configured to.") { UpstreamStatus = UnavailableStatus };
        if (faults?.Invoke(deployment.Provider.Name, time.GetUtcNow()) is { } fault)
        {
            var drawn = random.NextDouble();
            if (drawn < fault.FailureRate)
                return new AttemptFailure(FailureKind.ServerError, "The simulated provider is out of order for a time.") { UpstreamStatus = UnavailableStatus };
            if (drawn < fault.FailureRate + fault.RateLimitRate)
                return new AttemptFailure(FailureKind.RateLimited, "The simulated provider takes no more for a moment.") { UpstreamStatus = RateLimitedStatus, RetryAfter = RateLimitEnds };
            simulation = simulation with { FirstTokenLatency = simulation.FirstTokenLatency * fault.Slowdown, TokensPerSecond = simulation.TokensPerSecond / fault.Slowdown };
        }

        var request = attempt.Request.Request;
        if (attempt.Operation == AttemptOperation.Embeddings)
            return await EmbedAsync(request, deployment.Name, simulation, cancellationToken).ConfigureAwait(false);
        if (SimulatedModel.TryAnswer(request, deployment.Name) is not { } reply)
            return new AttemptFailure(FailureKind.NotExpressible, "A tool or schema in the request holds broken escapes.");
        if (request.IsStream && attempt.Model.Streams)
            return new SimulatedChatStream(reply, simulation, time);
        var duration = SimulationPace.DueAt(simulation, Math.Max(0, reply.Tokens.Count - 1));
        if (duration > TimeSpan.Zero)
            await Task.Delay(duration, time, cancellationToken).ConfigureAwait(false);
        var whole = Whole(reply);
        return request.IsStream && whole.Answer is { } answer ? new WholeAnswerStream(answer) : whole;
    }

    private async ValueTask<AttemptResult> EmbedAsync(ChatRequest request, string model, SimulationModel simulation, CancellationToken cancellationToken)
    {
        if (request.Embeddings!.Dimensions > SimulatedVectors.MaxDimensions)
            return new AttemptFailure(FailureKind.NotExpressible, $"A simulated model makes vectors of up to {SimulatedVectors.MaxDimensions} numbers.") { Param = "dimensions" };
        if (simulation.FirstTokenLatency > TimeSpan.Zero)
            await Task.Delay(simulation.FirstTokenLatency, time, cancellationToken).ConfigureAwait(false);
        using var writer = new PooledWriter(UsualAnswerBytes);
        SimulatedVectors.WriteAnswer(writer, request, model);
        var length = writer.Length;
        return OpenAIEmbeddingsAnswer.Read(writer.Detach(), length);
    }

    private AttemptResult Whole(SimulatedReply reply)
    {
        using var writer = new PooledWriter(UsualAnswerBytes);
        SimulatedWriter.WriteWhole(writer, reply, time.GetUtcNow().ToUnixTimeSeconds());
        var length = writer.Length;
        return OpenAIAnswer.Read(writer.Detach(), length);
    }
}

/// <summary>When a simulated model's tokens are due.</summary>
internal static class SimulationPace
{
    /// <summary>Time from the call to the token at <paramref name="place"/>; a rate of 0 is as fast as can be.</summary>
    public static TimeSpan DueAt(SimulationModel simulation, int place) =>
        simulation.TokensPerSecond > 0 ? simulation.FirstTokenLatency + TimeSpan.FromSeconds(place / simulation.TokensPerSecond) : simulation.FirstTokenLatency;
}
