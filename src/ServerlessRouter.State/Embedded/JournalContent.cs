using ServerlessRouter.State.Memory;

namespace ServerlessRouter.State.Embedded;

/// <summary>What a journal file was found to hold.</summary>
/// <param name="Image">The rows.</param>
/// <param name="Frames">How many good frames there are.</param>
/// <param name="GoodBytes">Where the last good frame ends.</param>
/// <param name="TornBytes">What follows it: a write that a crash cut short; zero when the file ends cleanly.</param>
/// <param name="HoldsRemoved">Whether rows that are no more can still be read in the file.</param>
internal sealed record JournalContent(TableImage Image, long Frames, long GoodBytes, long TornBytes, bool HoldsRemoved);
