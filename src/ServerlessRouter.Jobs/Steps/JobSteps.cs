namespace ServerlessRouter.Jobs.Steps;

/// <summary>
/// Everything an engine does for a job, each step resumable and safe to repeat, with no host in sight. An engine prepares a job, runs the remaining items of each chunk
/// until they are done, settles the chunk, and finishes the job; a single request it takes from step to step instead. What answers <see cref="StepResult.Again"/> is asked again after that time.
/// </summary>
public sealed class JobSteps
{
    private readonly PrepareStep _prepare;
    private readonly ChunkStep _chunk;
    private readonly ItemStep _item;
    private readonly RequestStep _request;
    private readonly CompleteStep _complete;
    private readonly ExportStep _export;
    private readonly DeliverStep _deliver;
    private readonly SweepStep _sweep;
    private readonly RetainStep _retain;
    private readonly TakeOverStep _takeOver;
    private readonly FaultStep _fault;

    internal JobSteps(
        PrepareStep prepare, ChunkStep chunk, ItemStep item, RequestStep request, CompleteStep complete, ExportStep export, DeliverStep deliver, SweepStep sweep, RetainStep retain, TakeOverStep takeOver, FaultStep fault)
    {
        (_prepare, _chunk, _item, _request, _complete, _export, _deliver) = (prepare, chunk, item, request, complete, export, deliver);
        (_sweep, _retain, _takeOver, _fault) = (sweep, retain, takeOver, fault);
    }

    /// <summary>Reads the input and lays out the items; a job without any needs only <see cref="CompleteAsync"/>.</summary>
    public ValueTask<PreparedJob> PrepareAsync(string jobId, CancellationToken cancellationToken) => _prepare.RunAsync(jobId, cancellationToken);

    /// <summary>The items of a chunk that have not ended.</summary>
    public ValueTask<ChunkWork> RemainingAsync(ChunkRef chunk, CancellationToken cancellationToken) => _chunk.RemainingAsync(chunk, cancellationToken);

    /// <summary>One try of one item.</summary>
    public ValueTask<StepResult> RunItemAsync(ItemRef item, CancellationToken cancellationToken) => _item.RunAsync(item, cancellationToken);

    /// <summary>Where a single request stands; it is planned by the first look.</summary>
    public ValueTask<RequestState> LookAtRequestAsync(string jobId, CancellationToken cancellationToken) => _request.LookAsync(jobId, cancellationToken);

    /// <summary>Carries out one step of a single request, decided from its state.</summary>
    public ValueTask<RequestState> StepRequestAsync(RequestOrder order, CancellationToken cancellationToken) => _request.RunAsync(order, cancellationToken);

    /// <summary>Adds up a chunk whose items have ended, and writes its part of the output.</summary>
    public ValueTask<StepResult> SettleChunkAsync(ChunkRef chunk, CancellationToken cancellationToken) => _chunk.SettleAsync(chunk, cancellationToken);

    /// <summary>Ends a job whose chunks are settled, settling those that are not yet.</summary>
    public ValueTask<StepResult> CompleteAsync(string jobId, CancellationToken cancellationToken) => _complete.RunAsync(jobId, cancellationToken);

    /// <summary>Puts the output of a job that has ended where its message asked for it; before <see cref="DeliverAsync"/>, so that who is told finds it there.</summary>
    public ValueTask<StepResult> ExportAsync(string jobId, CancellationToken cancellationToken) => _export.RunAsync(jobId, cancellationToken);

    /// <summary>Tells the end of a job at its callback; done at once for a job without one.</summary>
    public ValueTask<StepResult> DeliverAsync(string jobId, CancellationToken cancellationToken) => _deliver.RunAsync(jobId, cancellationToken);

    /// <summary>
    /// <see cref="CompleteAsync"/>, <see cref="ExportAsync"/> and <see cref="DeliverAsync"/> in their order: what an engine does once the items have ended, as one step.
    /// </summary>
    public async ValueTask<StepResult> FinishAsync(string jobId, CancellationToken cancellationToken)
    {
        if (await CompleteAsync(jobId, cancellationToken).ConfigureAwait(false) is { IsDone: false } again)
            return again;
        if (await ExportAsync(jobId, cancellationToken).ConfigureAwait(false) is { IsDone: false } away)
            return away;
        return await DeliverAsync(jobId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One bounded look through the jobs that have not ended: launches them and clears away what broke off.</summary>
    public ValueTask<SweepResult> SweepAsync(string? cursor, CancellationToken cancellationToken) => _sweep.RunAsync(cursor, cancellationToken);

    /// <summary>Forgets some of the jobs and files whose time has passed.</summary>
    public ValueTask<SweepResult> RetainAsync(string? cursor, CancellationToken cancellationToken) => _retain.RunAsync(cursor, cancellationToken);

    /// <summary>
    /// For an engine that met an exception where a step should have answered, unless the store was down: says after which time the job is to be gone on with, or that it is
    /// given up and has ended.
    /// </summary>
    public ValueTask<StepResult> NoteFaultAsync(string jobId, CancellationToken cancellationToken) => _fault.RunAsync(jobId, cancellationToken);

    /// <summary>For a host that holds the store alone, before it begins: frees the items a process before it was working on.</summary>
    public ValueTask TakeOverAsync(string jobId, CancellationToken cancellationToken) => _takeOver.RunAsync(jobId, cancellationToken);
}
