namespace ServerlessRouter.State.Embedded;

/// <summary>What a journal file was found to hold.</summary>
/// <param name="Image">The rows.</param>
/// <param name="Frames">How many good frames there are.</param>
/// <param name="GoodBytes">Where the last good frame ends.</param>
/// <param name="TornBytes">What follows it: a write that a crash cut short; zero when the file ends cleanly.</param>
internal sealed record JournalContent(TableImage Image, long Frames, long GoodBytes, long TornBytes);
