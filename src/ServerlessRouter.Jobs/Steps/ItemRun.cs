using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>Sends an item through the pipeline, as the caller that submitted it and on the configuration of today.</summary>
internal sealed partial class ItemRun(RouterModelSource models, IRouterPipeline pipeline, ItemInput input, TimeProvider time, ILogger logger)
{
    /// <summary>One try. Never throws for what a request may come to.</summary>
    public async ValueTask<ItemAnswer> AnswerAsync(Job job, JobItem item, CancellationToken cancellationToken)
    {
        var (receivedAt, router) = (time.GetTimestamp(), models.Current);
        var (request, unreadable) = await input.ReadAsync(job, item, router, cancellationToken).ConfigureAwait(false);
        if (request is null)
            return Refuse(unreadable!);
        using (request)
        {
            var context = new RequestContext(NameOf(item), router, request, JobHeaders.Read(job.Headers), receivedAt) { Recalled = new RecalledCaller(job.Caller) };
            return await RunAsync(context, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The request's name in logs, records and output files.</summary>
    public static string NameOf(JobItem item) => string.Create(CultureInfo.InvariantCulture, $"{item.JobId}.{item.Index}");

    private async ValueTask<ItemAnswer> RunAsync(RequestContext context, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await pipeline.InvokeAsync(context, cancellationToken).ConfigureAwait(false);
            if (outcome is ChatOutcome.Failed failed)
                return Refuse(failed.Error) with { Bill = BillOf(context), Usage = UsageOf(context) };
            using var answer = ((ChatOutcome.Completed)outcome).Answer;
            return new ItemAnswer { Status = 200, Body = answer.Body.ToArray(), Model = context.Answered?.Model.Name, Bill = BillOf(context), Usage = UsageOf(context) };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new ItemAnswer { Status = 0, IsInterrupted = true, Bill = BillOf(context), Usage = UsageOf(context) };
        }
        catch (Exception bug)
        {
            LogBug(bug, context.RequestId);
            context.Error = new RouterError(RouterErrorCode.Internal, $"The router failed. Please report it with the request id {context.RequestId}.");
            return Refuse(context.Error) with { Bill = BillOf(context), Usage = UsageOf(context) };
        }
    }

    /// <summary>A try that ended with an error.</summary>
    public static ItemAnswer Refuse(RouterError error) => new() { Status = error.Status, Body = BodyOf(error), Error = error };

    /// <summary>The vendor's own words where it refused, else ours.</summary>
    private static ReadOnlyMemory<byte> BodyOf(RouterError error)
    {
        if (error.Refusal is { Body.IsEmpty: false } refusal && IsJson(refusal.Body.Span))
            return refusal.Body.ToArray();
        var output = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        RouterErrorJson.WriteMember(writer, error);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenMemory;
    }

    private static bool IsJson(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            while (reader.Read())
            {
                // To its end: what is cut short is no JSON.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private List<UsageEntry> UsageOf(RequestContext context) => UsageSplit.Of(context, UsageTables.HourOf(time.GetUtcNow()));

    /// <summary>What the attempts and side calls of a request cost and used.</summary>
    public static JobTally BillOf(RequestContext context)
    {
        var bill = new JobTally { CostUsd = Math.Max(context.CostUsd, context.SpentUsd) };
        foreach (var attempt in context.Attempts)
        {
            bill += new JobTally
            {
                PromptTokens = attempt.Usage.PromptTokens,
                CachedTokens = attempt.Usage.CachedTokens,
                CompletionTokens = attempt.Usage.CompletionTokens,
                ReasoningTokens = attempt.Usage.ReasoningTokens,
            };
        }

        return bill;
    }

    [LoggerMessage(1, LogLevel.Error, "Request {RequestId} of a job met a bug")]
    private partial void LogBug(Exception bug, string requestId);
}
