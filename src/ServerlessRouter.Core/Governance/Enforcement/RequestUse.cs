using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Governance.Enforcement;

/// <summary>What a request has used so far: tokens and money of every attempt and every question asked beside it.</summary>
internal readonly record struct RequestUse(long Tokens, decimal Usd)
{
    private const decimal Millionths = 1_000_000;

    public static RequestUse Of(RequestContext context)
    {
        var tokens = 0L;
        foreach (var attempt in context.Attempts)
            tokens += attempt.Usage.TotalTokens;
        if (context.HasSideCalls)
        {
            foreach (var asked in context.SideCalls)
                tokens += asked.Usage.TotalTokens;
        }

        return new RequestUse(tokens, context.SpentUsd);
    }

    /// <summary>What calls of one model have used.</summary>
    public static RequestUse Of(IEnumerable<AttemptContext> calls, string model, out int sent)
    {
        sent = 0;
        var use = new RequestUse(0, 0);
        foreach (var call in calls)
        {
            if (call.Model.Name != model || !call.WasSent)
                continue;
            sent++;
            use = new RequestUse(use.Tokens + call.Usage.TotalTokens, Sums.Usd(use.Usd, call.CostUsd));
        }

        return use;
    }

    public RequestUse Since(in RequestUse before) => new(Math.Max(0, Tokens - before.Tokens), Math.Max(0, Usd - before.Usd));

    /// <summary>Money in millionths of a USD. The fraction is rounded by luck, so that many tiny costs add up to what they are.</summary>
    public long Micros(IRandomSource random)
    {
        var micros = Math.Min(Usd * Millionths, long.MaxValue / 2);
        var whole = Math.Floor(micros);
        return (long)whole + (micros == whole || random.NextDouble() >= (double)(micros - whole) ? 0 : 1);
    }

    /// <summary>Millionths of a USD as USD.</summary>
    public static decimal UsdOf(long micros) => micros / Millionths;

    /// <summary>What this use counts of a limit.</summary>
    public long Of(LimitMeasure measure, long requests, IRandomSource random) => measure switch
    {
        LimitMeasure.Requests => requests,
        LimitMeasure.Tokens => Tokens,
        LimitMeasure.Money => Micros(random),
        _ => 0,
    };
}
