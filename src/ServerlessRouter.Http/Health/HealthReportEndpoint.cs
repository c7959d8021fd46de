using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Http.Health;

/// <summary>
/// Tells the admin how every deployment does: its breaker, which instances share, what the instance that is asked sees of it right now, and under <c>last_hour</c> how it did for all instances.
/// </summary>
internal sealed class HealthReportEndpoint(AdminDoor door, RouterModelSource models, IDeploymentVitals vitals, UsageReader usage, TimeProvider time)
{
    private const int Decimals = 4;
    private const double Median = 0.5;
    private const double Slow = 0.95;

    public async ValueTask ListAsync(HttpContext http)
    {
        RouterError? error = (await door.AdmitAsync(http, AdminRole.Admin)).Error ?? QueryParameters.FindUnknown(http.Request, []);
        if (error is not null)
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
        else
            await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, (models.Current, await LastHour.ReadAsync(usage, http.RequestAborted)), Write);
    }

    private void Write(Utf8JsonWriter writer, (RouterModel Router, LastHour? LastHour) told)
    {
        var (router, lastHour) = told;
        var now = time.GetUtcNow();
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        WriteSpan(writer, lastHour);
        writer.WriteStartArray("data"u8);
        foreach (var model in router.Models)
        {
            foreach (var deployment in model.Deployments)
                Write(writer, model, deployment, (vitals.ReportOf(deployment), lastHour?.Of(model.Name, deployment.Id)), now);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Null where the sums of usage cannot be read now.</summary>
    private static void WriteSpan(Utf8JsonWriter writer, LastHour? lastHour)
    {
        if (lastHour is null)
        {
            writer.WriteNull("last_hour"u8);
            return;
        }

        writer.WriteStartObject("last_hour"u8);
        writer.WriteString("from"u8, lastHour.From.UtcDateTime);
        writer.WriteString("to"u8, lastHour.To.UtcDateTime);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, LanguageModel model, DeploymentModel deployment, (DeploymentReport Here, UsageSum? Everywhere) told, DateTimeOffset now)
    {
        var report = told.Here;
        writer.WriteStartObject();
        writer.WriteString("object"u8, "deployment"u8);
        writer.WriteString("id"u8, deployment.Id);
        writer.WriteString("model"u8, model.Name);
        writer.WriteString("provider"u8, deployment.Provider.Name);
        writer.WriteString("state"u8, report.State switch { BreakerState.Closed => "closed"u8, BreakerState.Open => "open"u8, BreakerState.HalfOpen => "half_open"u8 });
        WriteTime(writer, "until"u8, report.OpenFor is { } open ? now + open : null);
        writer.WriteString("cause"u8, report.Cause);
        WriteNumber(writer, "latency_ms"u8, report.Latency?.TotalMilliseconds);
        WriteNumber(writer, "first_token_ms"u8, report.FirstToken?.TotalMilliseconds);
        WriteNumber(writer, "tokens_per_second"u8, report.TokensPerSecond);
        writer.WriteNumber("in_flight"u8, report.InFlight);
        WriteNumber(writer, "concurrent_requests"u8, deployment.ConcurrentRequests);
        WriteRemaining(writer, report, now);
        WriteNumber(writer, "success_rate"u8, report.SuccessRate);
        writer.WriteString("probed_by"u8, report.ProbedBy);
        WriteLastHour(writer, told.Everywhere);
        writer.WriteEndObject();
    }

    private static void WriteLastHour(Utf8JsonWriter writer, UsageSum? sum)
    {
        if (sum is null)
        {
            writer.WriteNull("last_hour"u8);
            return;
        }

        writer.WriteStartObject("last_hour"u8);
        writer.WriteNumber("attempts"u8, sum.Tally.Attempts);
        WriteNumber(writer, "success_rate"u8, 1 - ((double)sum.Tally.FailedAttempts / sum.Tally.Attempts));
        WriteNumber(writer, "latency_ms"u8, Milliseconds(sum.Times.Latency, Median));
        WriteNumber(writer, "latency_p95_ms"u8, Milliseconds(sum.Times.Latency, Slow));
        WriteNumber(writer, "first_token_ms"u8, Milliseconds(sum.Times.FirstToken, Median));
        WriteNumber(writer, "tokens_per_second"u8, sum.Times.TokensPerSecond.Quantile(Median));
        writer.WriteEndObject();
    }

    private static double? Milliseconds(LogSketch seconds, double share) => seconds.Quantile(share) * 1000;

    private static void WriteRemaining(Utf8JsonWriter writer, DeploymentReport report, DateTimeOffset now)
    {
        if (report is { Requests: null, Tokens: null })
        {
            writer.WriteNull("remaining"u8);
            return;
        }

        writer.WriteStartObject("remaining"u8);
        WriteNumber(writer, "requests"u8, report.Requests?.Amount);
        WriteNumber(writer, "tokens"u8, report.Tokens?.Amount);
        // Of two capacities the later one decides when the deployment is whole again.
        var (requests, tokens) = (report.Requests?.ResetsIn ?? TimeSpan.Zero, report.Tokens?.ResetsIn ?? TimeSpan.Zero);
        var reset = requests > tokens ? requests : tokens;
        WriteTime(writer, "resets_at"u8, reset > TimeSpan.Zero ? now + reset : null);
        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double? number)
    {
        if (number is { } known)
            writer.WriteNumber(name, Math.Round(known, Decimals));
        else
            writer.WriteNull(name);
    }

    private static void WriteTime(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset? at)
    {
        if (at is { } known)
            writer.WriteString(name, known.UtcDateTime);
        else
            writer.WriteNull(name);
    }
}
