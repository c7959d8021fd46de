using System.IO.Compression;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>One answer down to its bytes.</summary>
internal sealed record AnswerPlan(int Status, string MediaType, IReadOnlyList<Segment> Segments, bool IsStream, UpstreamUsage Usage)
{
    public int Chunks => Segments.Count(segment => segment.Kind == FrameKind.Content);

    /// <summary>The same answer compressed, each segment flushed so that it can be read as it comes.</summary>
    public AnswerPlan Compress()
    {
        using var compressed = new MemoryStream();
        var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true);
        var segments = new List<Segment>();
        for (var i = 0; i < Segments.Count; i++)
        {
            gzip.Write(Segments[i].Bytes);
            gzip.Flush();
            if (i == Segments.Count - 1)
                gzip.Dispose();
            segments.Add(Segments[i] with { Bytes = compressed.ToArray() });
            compressed.SetLength(0);
        }
        return this with { Segments = segments };
    }
}
