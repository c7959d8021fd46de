using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http.Health;

/// <summary>Tells the admin how every deployment does, as the instance that is asked sees it; breakers are shared among instances, figures are its own.</summary>
internal sealed class HealthReportEndpoint(AdminDoor door, RouterModelSource models, IDeploymentVitals vitals, TimeProvider time)
{
    private const int Decimals = 4;

    public async ValueTask ListAsync(HttpContext http)
    {
        RouterError? error = (await door.AdmitAsync(http, AdminRole.Admin)).Error ?? QueryParameters.FindUnknown(http.Request, []);
        if (error is not null)
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
        else
            await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, models.Current, Write);
    }

    private void Write(Utf8JsonWriter writer, RouterModel router)
    {
        var now = time.GetUtcNow();
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var model in router.Models)
        {
            foreach (var deployment in model.Deployments)
                Write(writer, model, deployment, vitals.ReportOf(deployment), now);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, LanguageModel model, DeploymentModel deployment, DeploymentReport report, DateTimeOffset now)
    {
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
        writer.WriteEndObject();
    }

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
