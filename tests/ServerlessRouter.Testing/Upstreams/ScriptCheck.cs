namespace ServerlessRouter.Testing.Upstreams;

/// <summary>Finds scripts that cannot happen: a cut that never comes would let its test pass for the wrong reason.</summary>
internal static class ScriptCheck
{
    /// <summary>What the reply asks for and this answer never comes to; null when all of it can happen.</summary>
    public static string? FindMistake(Reply reply, AnswerPlan plan)
    {
        var scripted = reply.Holds.ConvertAll(hold => hold.Point);
        if (reply.Cut is { } cut)
            scripted = scripted.Add(cut.Point);
        foreach (var point in scripted)
        {
            if (!IsReachable(point, reply, plan))
                return $"The reply is to be held or cut at {point}, but with {plan.Chunks} chunk(s) it never gets there.";
        }
        return null;
    }

    /// <summary>Where the first character of several bytes can be torn; 0 when there is none.</summary>
    public static int TearOf(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyInRange((byte)0xC2, (byte)0xF4) + 1;

    private static bool IsReachable(ReplyPoint point, Reply reply, AnswerPlan plan) => point.Name switch
    {
        nameof(ReplyPoint.AfterChunk) or nameof(ReplyPoint.InsideChunk) => point.Chunk >= 1 && point.Chunk <= plan.Chunks,
        nameof(ReplyPoint.BeforeFirstToken) => plan.Chunks > 0,
        nameof(ReplyPoint.BeforeDone) => plan.Segments.Any(segment => segment.Kind == FrameKind.End),
        nameof(ReplyPoint.InsideCharacter) =>
            !reply.IsGzipped && plan.Segments.Any(segment => segment.Kind == FrameKind.Content && TearOf(segment.Bytes) > 0),
        _ => true,
    };
}
