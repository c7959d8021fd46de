using System.Diagnostics;
using OpenTelemetry;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.Functions.Telemetry;

/// <summary>
/// Decides, when a request has ended, what of its spans is sent: all of them where it failed or was slow, else a single row that says what they would, of as many requests as is set.
/// </summary>
/// <remarks>A composite only so that the processors behind it learn whose spans they send, and are flushed and shut down with it.</remarks>
internal sealed class RequestRows(RowProcessors rows, TelemetryVolume volume, TimeProvider time) : CompositeProcessor<Activity>(rows.Distinct())
{
    /// <summary>Failed and slow requests that are sent whole in a minute; further ones leave their row alone.</summary>
    public const int MaxWholePerMinute = 60;

    /// <summary>Items of batches that failed, of which further ones are drawn by lot as all others.</summary>
    public const int MaxFailedItemsPerMinute = 20;

    /// <summary>What the row of a request says of the calls made for it.</summary>
    private static readonly string[] FromRoute =
    [
        RouterAttributes.Route, RouterAttributes.Model, RouterAttributes.Deployment, RouterAttributes.Outcome, RouterAttributes.Cost,
        RouterAttributes.Attempts, RouterAttributes.Cache, RouterAttributes.Tier, RouterAttributes.Key,
    ];

    /// <summary>What the exporter puts in the row's own place for it.</summary>
    private const string Url = "microsoft.request.url";

    private static readonly string[] FromAnswer = ["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"];

    /// <summary>Asked all day by those who watch, and of no interest unless they fail.</summary>
    private static readonly string[] Watched = ["GET /healthz", "GET /readyz", "HEAD /healthz", "HEAD /readyz"];

    private readonly MinuteBudget _whole = new(MaxWholePerMinute, time);
    private readonly MinuteBudget _failedItems = new(MaxFailedItemsPerMinute, time);
    private readonly MinuteBudget _rows = new(volume.RowsPerMinute, time);

    public override void OnStart(Activity span)
    {
        // Nothing is known of it yet.
    }

    public override void OnEnd(Activity span)
    {
        if (!RequestTree.IsOurs(span))
            return;
        var root = RequestTree.RootOf(span);
        if (root != span)
        {
            if (RequestTree.Of(root).Keep(span))
                rows.Whole.OnEnd(span);
            return;
        }

        var tree = RequestTree.Of(root);
        if (root.Kind == ActivityKind.Server)
            DecideRequest(root, tree);
        else
            DecideBackground(root, tree);
    }

    private void DecideRequest(Activity root, RequestTree tree)
    {
        var spans = tree.Spans();
        Describe(root, spans);
        // Without a host's name the exporter would make "://" of it.
        root.SetTag(Url, root.GetTagItem(HttpSpans.Route));
        var isUrgent = root.Status == ActivityStatusCode.Error || root.Duration >= volume.Slow || spans.Any(static span => span.Status == ActivityStatusCode.Error);
        if (isUrgent && _whole.TryTake())
            SendWhole(root, tree, rows.Whole);
        else if (isUrgent)
            SendRow(root, rows.Whole);
        else if (!Watched.Contains(root.DisplayName) && RequestTree.Lot(root) is var lot && lot < volume.Requests)
        {
            if (lot < volume.Requests * volume.Details)
                SendWhole(root, tree, rows.Requests);
            else
                SendRow(root, rows.Requests);
        }
    }

    private void DecideBackground(Activity root, RequestTree tree)
    {
        Describe(root, tree.Spans());
        if (root.Status == ActivityStatusCode.Error && _failedItems.TryTake())
            rows.Whole.OnEnd(root);
        else if (RequestTree.Lot(root) < volume.Background)
            SendRow(root, rows.Background);
    }

    private void SendRow(Activity root, BaseProcessor<Activity> sender)
    {
        if (_rows.TryTake())
            sender.OnEnd(root);
    }

    private static void SendWhole(Activity root, RequestTree tree, BaseProcessor<Activity> sender)
    {
        foreach (var span in tree.Send())
            sender.OnEnd(span);
        sender.OnEnd(root);
    }

    /// <summary>The row says what the router decided and what it came to, so that it needs no other beside it.</summary>
    private static void Describe(Activity root, Activity[] spans)
    {
        foreach (var span in spans)
        {
            if (span.Kind == ActivityKind.Internal && span.Parent == root)
                Copy(FromRoute, span, root);
            else if (span.Kind == ActivityKind.Client && span.Status != ActivityStatusCode.Error)
                Copy(FromAnswer, span, root);
            // A stream that breaks off has begun with 200.
            if (span.Parent == root && span.Status == ActivityStatusCode.Error)
                root.SetStatus(ActivityStatusCode.Error, span.StatusDescription);
        }
    }

    private static void Copy(string[] names, Activity from, Activity to)
    {
        foreach (var name in names)
        {
            if (from.GetTagItem(name) is { } value)
                to.SetTag(name, value);
        }
    }
}

/// <summary>What sends rows, one for each share they are drawn with; the rows name it, so that sums over <c>ItemCount</c> come out right.</summary>
/// <param name="Whole">Sends what is not drawn by lot.</param>
/// <param name="Requests">Sends ordinary requests.</param>
/// <param name="Background">Sends items of batches and other work beside requests.</param>
internal sealed record RowProcessors(BaseProcessor<Activity> Whole, BaseProcessor<Activity> Requests, BaseProcessor<Activity> Background)
{
    public IEnumerable<BaseProcessor<Activity>> Distinct() => new[] { Whole, Requests, Background }.Distinct();
}
