using System.Buffers.Binary;
using System.Diagnostics;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.Functions.Telemetry;

/// <summary>The spans that a request has left so far, kept at the topmost of them until that one ends.</summary>
internal sealed class RequestTree
{
    /// <summary>A request makes a handful of calls; the spans beyond this are not kept.</summary>
    private const int MaxSpans = 64;

    private const string Property = "request.tree";

    private readonly List<Activity> _spans = [];
    private bool _isSent;

    /// <summary>The router's spans and the app's own; whatever else is under way has no part in it.</summary>
    public static bool IsOurs(Activity span) => span.Source.Name is RouterTelemetry.SourceName or HttpSpans.SourceName;

    /// <summary>The topmost of ours above it, or itself.</summary>
    public static Activity RootOf(Activity span)
    {
        while (span.Parent is { } parent && IsOurs(parent))
            span = parent;
        return span;
    }

    public static RequestTree Of(Activity root)
    {
        lock (root)
        {
            if (root.GetCustomProperty(Property) is RequestTree tree)
                return tree;
            tree = new RequestTree();
            root.SetCustomProperty(Property, tree);
            return tree;
        }
    }

    /// <summary>Keeps a span that ended. True where the request was already sent whole, and this one must follow: a call beside the request may end after it.</summary>
    public bool Keep(Activity span)
    {
        lock (_spans)
        {
            if (_spans.Count < MaxSpans && !_isSent)
                _spans.Add(span);
            return _isSent;
        }
    }

    /// <summary>What was kept, in the order it ended.</summary>
    public Activity[] Spans()
    {
        lock (_spans)
            return [.. _spans];
    }

    /// <summary>What was kept, and from now on everything follows by itself.</summary>
    public Activity[] Send()
    {
        lock (_spans)
        {
            _isSent = true;
            return [.. _spans];
        }
    }

    /// <summary>A number from 0 to 1 that is the same for all that belongs together: all of a trace for requests, one item of a batch for the rest.</summary>
    public static double Lot(Activity root)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (root.Kind == ActivityKind.Server)
            root.TraceId.CopyTo(bytes);
        else
            root.SpanId.CopyTo(bytes[8..]);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) / (double)ulong.MaxValue;
    }
}
