using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Governance.Enforcement;

/// <summary>What is set aside for a request before it is sent: tokens, and money in millionths of a USD.</summary>
/// <param name="Tokens">Of the prompt and the longest answer to expect.</param>
/// <param name="Micros">What they cost at the first candidate; 0 where it is free.</param>
internal readonly record struct RequestForecast(long Tokens, long Micros)
{
    private const double Millionths = 1_000_000;

    /// <summary>Of the answer: the request's own maximum, else what nineteen of twenty answers of the model to this caller stay below, else what is expected of it; never more than the model's cap.</summary>
    public static RequestForecast Of(RequestContext context, LongAnswers answers)
    {
        var candidate = context.Plan.Candidates[0];
        var (model, request) = (candidate.Model, context.Request);
        var prompt = context.Profile.PromptTokens;
        var answer = 0L;
        if (context.Operation == AttemptOperation.Chat)
        {
            var length = request.MaxOutputTokens ?? answers.LengthOf(context.CallerName, model.Name) ?? candidate.OutputTokens;
            answer = Math.Min(length, model.MaxOutputTokens ?? model.ContextWindow) * (long)request.Choices;
        }

        var price = model.Price.Tiers.Count == 0 ? model.Price : model.Price.In(request.ServiceTier) ?? model.Price;
        return new RequestForecast(prompt + answer, (long)Math.Ceiling(price.EstimateUsd(prompt, (int)Math.Min(answer, int.MaxValue)) * Millionths));
    }

    /// <summary>What it asks of a limit.</summary>
    public long Of(LimitMeasure measure) => measure switch
    {
        LimitMeasure.Tokens => Tokens,
        LimitMeasure.Money => Micros,
        _ => 1,
    };
}
