namespace ServerlessRouter.Routing.Objectives;

/// <summary>Where a candidate stands, and why, for people.</summary>
internal readonly record struct CandidateScore(double Value, string Reason);
