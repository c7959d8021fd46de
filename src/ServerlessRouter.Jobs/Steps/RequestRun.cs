using System.Buffers;
using System.Collections.Immutable;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs.Requests;
using ServerlessRouter.Jobs.Storage;
using ServerlessRouter.Json;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.Resuming;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>
/// Carries out one turn of a single request: 1 reads the request and restores what earlier turns left, 2 runs the pipeline, 3 puts down what this turn added. Answers and
/// refusals that later turns need are written before the history that names them.
/// </summary>
internal sealed class RequestRun(RouterModelSource models, IRouterPipeline pipeline, ItemInput input, JobContent content, JobOptions options, TimeProvider time)
{
    private const int MaxOutages = 5;
    private static readonly TimeSpan FirstOutageWait = TimeSpan.FromMilliseconds(250);

    /// <summary>The turn that plans.</summary>
    public ValueTask<RequestStepResult> BeginAsync(Job job, JobItem item, CancellationToken cancellationToken)
    {
        var longest = options.MaxTryTime - options.TryMargin;
        return RunAsync(job, item, models.Current, DispatchResumePoint.First(job.CreatedAt, job.ExpiresAt - job.CreatedAt, longest), cancellationToken);
    }

    /// <summary>The turn of a decided step.</summary>
    public async ValueTask<RequestStepResult> RunAsync(Job job, JobItem item, DispatchStep decided, CancellationToken cancellationToken)
    {
        var (router, history) = (models.Current, item.RequestHistory!);
        if (history.Translate(decided, router.Lookup) is not { } step)
            return new RequestStepResult { RequestHistory = history.WithoutDeployment(decided, time.GetUtcNow() - job.CreatedAt), Bill = item.Bill, Usage = item.Usage };

        ChatAnswer? kept = null;
        if (step.Kind is DispatchStepKind.Check or DispatchStepKind.Accept)
            kept = await ReadAnswerAsync(history.AttemptAt(step.Kind == DispatchStepKind.Check ? step.Checked : step.Accepted), cancellationToken).ConfigureAwait(false);
        var point = DispatchResumePoint.Of(history.Plan, history.RoundAt, history.History, step, kept);
        var result = await RunAsync(job, item, router, point, cancellationToken).ConfigureAwait(false);
        // Facts keep the position a deployment had when it was first asked, whatever the configuration makes of it since.
        return result.RequestHistory is { } added && added.History.Attempts.Length > history.History.Attempts.Length && step.Deployment != decided.Deployment ? result with { RequestHistory = AtPosition(added, decided.Deployment) } : result;
    }

    /// <summary>
    /// Settles a request that has ended without a turn of its own, so that what was called for it stands in its record. Calls no model. An input that cannot be read any more
    /// leaves nothing to tell about.
    /// </summary>
    public async ValueTask SettleAsync(Job job, JobItem item, RouterError error, CancellationToken cancellationToken)
    {
        var router = models.Current;
        var (request, _) = await input.ReadAsync(job, item, router, cancellationToken).ConfigureAwait(false);
        if (request is null)
            return;
        using (request)
        {
            var context = ContextOf(job, item, router, request, DispatchResumePoint.Ended(error));
            if (item.RequestHistory is { } history)
                context.Profile = history.Plan.Profile;
            await RestoreAsync(item, context, cancellationToken).ConfigureAwait(false);
            await pipeline.ResumeAsync(context, cancellationToken).ConfigureAwait(false);
        }
    }

    private static RequestHistory AtPosition(RequestHistory history, int deployment)
    {
        var facts = history.History.Attempts;
        return history with { History = history.History with { Attempts = facts.SetItem(facts.Length - 1, facts[^1] with { Deployment = deployment }) } };
    }

    private async ValueTask<RequestStepResult> RunAsync(Job job, JobItem item, RouterModel router, DispatchResumePoint point, CancellationToken cancellationToken)
    {
        try
        {
            var (request, unreadable) = await input.ReadAsync(job, item, router, cancellationToken).ConfigureAwait(false);
            if (request is null)
                return RequestStepResult.Refused(ItemRefusal.Of(unreadable!), item);
            using (request)
            {
                var context = ContextOf(job, item, router, request, point);
                await RestoreAsync(item, context, cancellationToken).ConfigureAwait(false);
                return await RunAsync(item, context, point, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            point.Answer?.Dispose();
        }
    }

    private async ValueTask<RequestStepResult> RunAsync(JobItem item, RequestContext context, DispatchResumePoint point, CancellationToken cancellationToken)
    {
        ItemAnswer? answer = null;
        try
        {
            switch (await pipeline.ResumeAsync(context, cancellationToken).ConfigureAwait(false))
            {
                case ChatOutcome.Completed completed:
                    using (completed.Answer)
                        answer = new ItemAnswer { Status = 200, Body = completed.Answer.Body.ToArray(), Model = context.AnsweringModel };
                    break;
                case ChatOutcome.Failed failed:
                    answer = ItemRefusal.Of(failed.Error);
                    break;
                case ChatOutcome.Unfinished:
                    break;
                case var other:
                    throw new InvalidOperationException($"a request of a job cannot end as {other.GetType().Name}");
            }

            if (point.ComeBackAfter is { } wait)
                return new RequestStepResult { ComeBackAfter = wait, RequestHistory = item.RequestHistory, SideCalls = item.RequestHistory is null ? SideCallsOf(context) : [], Bill = ItemRun.BillOf(context), Usage = UsageOf(context) };
            var history = point.HasBegun ? await HistoryAsync(item, context, point).ConfigureAwait(false) : item.RequestHistory;
            return new RequestStepResult { Answer = answer, RequestHistory = history, SideCalls = history is null ? SideCallsOf(context) : [], Bill = ItemRun.BillOf(context), Usage = UsageOf(context) };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Unsettled(item, context, null);
        }
        catch (Exception fault)
        {
            return Unsettled(item, context, fault);
        }
    }

    /// <summary>A turn without an end: its step is made again, and what it has paid for stays on the bill.</summary>
    private RequestStepResult Unsettled(JobItem item, RequestContext context, Exception? fault)
    {
        var bill = ItemRun.BillOf(context);
        if (item.RequestHistory is not { } history)
            return new RequestStepResult { Fault = fault, SideCalls = SideCallsOf(context), Bill = bill, Usage = UsageOf(context) };
        return new RequestStepResult
        {
            Fault = fault,
            RequestHistory = history with { SideCalls = SideCallsOf(context), History = history.History with { SpentUsd = context.SpentUsd } },
            BrokenOff = [.. context.Attempts.Skip(history.Attempts.Length).Where(static attempt => attempt.WasSent).Select(attempt => AttemptTrace.Of(attempt, time, null))],
            Bill = bill,
            Usage = UsageOf(context),
        };
    }

    private List<UsageEntry> UsageOf(RequestContext context) => UsageSplit.Of(context, UsageTables.HourOf(time.GetUtcNow()));

    private async ValueTask<RequestHistory> HistoryAsync(JobItem item, RequestContext context, DispatchResumePoint point)
    {
        var before = item.RequestHistory?.Attempts ?? [];
        var attempts = ImmutableArray.CreateBuilder<AttemptTrace>(context.Attempts.Count);
        for (var place = 0; place < context.Attempts.Count; place++)
        {
            var attempt = context.Attempts[place];
            attempts.Add(place < before.Length
                ? before[place] with { Checks = AttemptTrace.ChecksOf(attempt) }
                : AttemptTrace.Of(attempt, time, await KeepAsync(item, point, attempt).ConfigureAwait(false)));
        }

        return new RequestHistory
        {
            Number = (item.RequestHistory?.Number ?? 0) + 1,
            Plan = point.Plan ?? FrozenPlan.Of(context),
            History = point.History with { SpentUsd = context.SpentUsd, Attempts = [.. point.Facts] },
            RoundAt = point.RoundAt,
            Attempts = attempts.MoveToImmutable(),
            SideCalls = SideCallsOf(context),
        };
    }

    private ImmutableArray<AttemptTrace> SideCallsOf(RequestContext context) =>
        context.HasSideCalls ? [.. context.SideCalls.Select(asked => AttemptTrace.Of(asked, time, null))] : [];

    /// <summary>Writes what a later turn may need of a new attempt: its answer where it is checked, the vendor's words where it refused.</summary>
    private async ValueTask<ContentRef?> KeepAsync(JobItem item, DispatchResumePoint point, AttemptContext attempt)
    {
        var bytes = attempt.Failure is { } failure ? failure.Refusal?.Body : point.Answer?.Body;
        if (bytes is not { IsEmpty: false } kept)
            return null;
        // The name is this turn's own; one that loses its move leaves bytes that go with the job. What was answered is kept, also when the runner stops meanwhile.
        var reference = new ContentRef($"{JobTables.ItemsPartition(item.JobId, JobTables.ChunkOf(item.Index))}.{JobTables.ResultKey(item.Index)}.{item.Owner}", kept.Length);
        for (var outages = 0; ; outages++)
        {
            try
            {
                using var writer = content.Write(reference.Id);
                await writer.AppendAsync(kept, CancellationToken.None).ConfigureAwait(false);
                await writer.CompleteAsync(CancellationToken.None).ConfigureAwait(false);
                return reference;
            }
            catch (TableStoreUnavailableException) when (outages < MaxOutages)
            {
                // What the vendor has answered is not thrown away for a short outage; writing the rows again changes nothing.
                await Task.Delay(FirstOutageWait * (1 << outages), time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask RestoreAsync(JobItem item, RequestContext context, CancellationToken cancellationToken)
    {
        // Also what was asked in turns that broke off before there was a plan is paid.
        foreach (var asked in item.RequestHistory?.SideCalls ?? item.SideCalls)
            context.SideCalls.Add(asked.Restore(context, time, null));
        foreach (var trace in item.RequestHistory?.Attempts ?? [])
        {
            var refusal = trace is { RefusalStatus: { } status, Content: { } words }
                ? new UpstreamRefusal(status, await ReadAsync(words, new byte[words.Bytes], cancellationToken).ConfigureAwait(false))
                : null;
            context.Attempts.Add(trace.Restore(context, time, refusal));
        }

        if (context.Attempts is [var first, ..])
            context.DispatchedAt = first.StartedAt;
    }

    private async ValueTask<ChatAnswer> ReadAnswerAsync(AttemptTrace trace, CancellationToken cancellationToken)
    {
        var kept = trace.Content ?? throw new InvalidOperationException("the attempt kept no answer");
        var pooled = ArrayPool<byte>.Shared.Rent(kept.Bytes);
        var body = await ReadAsync(kept, pooled.AsMemory(0, kept.Bytes), cancellationToken).ConfigureAwait(false);
        var usage = JsonMemberReader.Find(body.Span, "usage"u8);
        return new ChatAnswer(pooled, kept.Bytes)
        {
            Usage = trace.Usage.IsEstimated ? null : trace.Usage,
            UsageRange = !usage.IsEmpty && body.Span[usage.Start] == (byte)'{' ? usage : default,
        };
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentRef kept, Memory<byte> destination, CancellationToken cancellationToken) =>
        await content.TryReadAsync(kept.Id, 0, 0, destination, cancellationToken).ConfigureAwait(false)
            ? destination
            : throw new InvalidOperationException($"the content {kept.Id} is no longer there");

    private RequestContext ContextOf(Job job, JobItem item, RouterModel router, ChatRequest request, DispatchResumePoint point) =>
        new(ItemRun.NameOf(item), router, request, JobHeaders.Read(job.Headers), ReceivedAt(job)) { Recalled = new RecalledCaller(job.Caller), ResumePoint = point };

    /// <summary>The timestamp of now, as long ago as the job was left.</summary>
    private long ReceivedAt(Job job) => time.GetTimestamp() - (long)((time.GetUtcNow() - job.CreatedAt).TotalSeconds * time.TimestampFrequency);
}
