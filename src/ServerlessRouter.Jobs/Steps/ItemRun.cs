using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Doors;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>Sends an item through the pipeline, as the caller that submitted it and on the configuration of today.</summary>
internal sealed partial class ItemRun(RouterModelSource models, IRouterPipeline pipeline, ItemInput input, TimeProvider time, ILogger logger)
{
    private const int RoomForDoor = 1024;

    /// <summary>One try. Never throws for what a request may come to.</summary>
    public async ValueTask<ItemAnswer> AnswerAsync(Job job, JobItem item, CancellationToken cancellationToken)
    {
        var (receivedAt, router) = (time.GetTimestamp(), models.Current);
        var (request, unreadable) = await input.ReadAsync(job, item, router, cancellationToken).ConfigureAwait(false);
        if (request is null)
            return ItemRefusal.Of(job, item, unreadable!);
        using (request)
        {
            var context = new RequestContext(NameOf(item), router, request, JobHeaders.Read(job.Headers), receivedAt) { Recalled = new RecalledCaller(job.Caller) };
            return await RunAsync(job, item, context, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The request's name in logs, records and output files.</summary>
    public static string NameOf(JobItem item) => string.Create(CultureInfo.InvariantCulture, $"{item.JobId}.{item.Index}");

    private async ValueTask<ItemAnswer> RunAsync(Job job, JobItem item, RequestContext context, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await pipeline.InvokeAsync(context, cancellationToken).ConfigureAwait(false);
            if (outcome is ChatOutcome.Failed failed)
                return ItemRefusal.Of(job, item, failed.Error) with { Bill = BillOf(context), Usage = UsageOf(context) };
            using var answer = ((ChatOutcome.Completed)outcome).Answer;
            return new ItemAnswer { Status = 200, Body = BodyOf(job, context, answer), Model = context.AnsweringModel, Bill = BillOf(context), Usage = UsageOf(context) };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new ItemAnswer { Status = 0, IsInterrupted = true, Bill = BillOf(context), Usage = UsageOf(context) };
        }
        catch (Exception bug)
        {
            LogBug(bug, context.RequestId);
            context.Error = new RouterError(RouterErrorCode.Internal, $"The router failed. Please report it with the request id {context.RequestId}.");
            return ItemRefusal.Of(job, item, context.Error) with { Bill = BillOf(context), Usage = UsageOf(context) };
        }
    }

    /// <summary>The answer in the form of the path it was asked for at; one that is in it already is left as it is.</summary>
    private ReadOnlyMemory<byte> BodyOf(Job job, RequestContext context, ChatAnswer answer)
    {
        if (answer.Schema != WireSchema.Chat || JobEndpoints.DoorOf(job.Endpoint) is not { } door)
            return answer.Body.ToArray();
        var terms = new DoorTerms(
            context.RequestId, context.Request.Door?.Body ?? default, context.AnsweringModel ?? context.Request.Model, context.Profile?.PromptTokens ?? 0, time.GetUtcNow());
        var output = new ArrayBufferWriter<byte>(answer.Body.Length + RoomForDoor);
        door.WriteAnswer(terms, answer.Body, output);
        return output.WrittenMemory;
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
