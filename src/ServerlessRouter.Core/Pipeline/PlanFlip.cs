namespace ServerlessRouter.Pipeline;

/// <summary>One change that by itself would make the second candidate of a plan the first.</summary>
/// <param name="Change">What changes: <c>minimum_quality</c>, <c>cost_usd</c>, <c>quality</c>, <c>latency</c>, a weight, <c>prefer</c> or <c>provider.preferred</c>.</param>
/// <param name="Now">The figure as it is; null where it is none.</param>
/// <param name="Then">The figure from which on the second candidate wins; null where it is none.</param>
/// <param name="Text">For people.</param>
public sealed record PlanFlip(string Change, double? Now, double? Then, string Text);
