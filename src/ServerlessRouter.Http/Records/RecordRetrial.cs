using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Usage;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording.Records;

namespace ServerlessRouter.Http.Records;

/// <summary>Decides a recorded request again, on today's configuration and with what is known today; calls no model.</summary>
internal sealed class RecordRetrial(BooksGate gate, RecordReader records, RouterModelSource models, IRouterPipeline pipeline, TimeProvider time)
{
    private const string TellsNothing = "The record does not tell which models this request asked for, so it cannot be decided again: it was sent with 'models' and no 'model', and such lists are not recorded by earlier versions, nor where they are very long. "
        + "Send the request to POST /v1/route to see what would be decided for it now.";

    public async ValueTask HandleAsync(HttpContext http)
    {
        var view = await gate.FindAsync(http);
        var (found, error) = view.Error is { } refusal
            ? new RecordReading<RequestRecord>(null, refusal)
            : await records.FindAsync(PathName.Of(http.Request, EndpointPatterns.Id), view.Key, http.RequestAborted);
        var router = models.Current;
        CallerModel? caller = null;
        if (found is null)
            error ??= RecordEndpoints.NotFound(records);
        else if (router.HasKeys && CallerIdentity.Recall(router, found.Key, out caller) is { Code: not RouterErrorCode.InvalidApiKey } notNow)
            error = notNow;
        else if (router.HasKeys && caller is null)
            error = new RouterError(RouterErrorCode.NotFound, "The key that made this request is not accepted any more, so nothing would be decided for it now.");
        var decision = error is null ? RecordedDecision.Read(found!.Json) : null;
        if (decision is { TellsWhatWasAsked: false })
            error = RouterError.InvalidRequest(TellsNothing, "id");
        if (error is not null)
        {
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
            return;
        }

        using var request = decision!.ToRequest(router);
        var context = new RequestContext(http.TraceIdentifier, router, request, new HttpRequestHeaders(new HeaderDictionary()), time.GetTimestamp())
        {
            IsIdentified = true,
            Caller = caller,
            KnownProfile = decision.Profile,
            IsExplained = true,
        };
        var refused = await pipeline.PlanAsync(context, http.RequestAborted);
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, (Record: found!.Json, Context: context, Refused: refused), Write);
    }

    private void Write(Utf8JsonWriter writer, (string Record, RequestContext Context, RouterError? Refused) retrial)
    {
        using var record = JsonDocument.Parse(retrial.Record);
        writer.WriteStartObject();
        writer.WriteString("object"u8, "request.route"u8);
        writer.WriteBoolean("same"u8, retrial.Refused is null && IsSame(record.RootElement, retrial.Context));
        writer.WriteStartObject("recorded"u8);
        foreach (var name in new[] { "id", "config_version", "requested_model", "requested_models", "route", "model", "deployment", "tier", "profile", "plan" })
        {
            if (!record.RootElement.TryGetProperty(name, out var member))
                continue;
            writer.WritePropertyName(name);
            member.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.WritePropertyName("now"u8);
        RouteExplanation.Write(writer, retrial.Context, time);
        if (retrial.Refused is { } refused)
            RouterErrorJson.WriteMember(writer, refused);
        writer.WriteEndObject();
    }

    /// <summary>The same models, in the same order.</summary>
    private static bool IsSame(JsonElement record, RequestContext context) =>
        record.TryGetProperty("plan", out var plan) && plan.TryGetProperty("candidates", out var candidates)
        && candidates.EnumerateArray().Select(static name => name.GetString()).SequenceEqual(context.Plan.Candidates.Select(static candidate => candidate.Model.Name));
}
