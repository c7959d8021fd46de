using System.Text.Json;

namespace ServerlessRouter.Pipeline;

/// <summary>Why dispatch makes an attempt.</summary>
public enum AttemptReason
{
    /// <summary>The plan's first candidate.</summary>
    First,

    /// <summary>Another deployment of the model whose deployment just failed.</summary>
    OtherDeployment,

    /// <summary>The plan's next model.</summary>
    NextModel,

    /// <summary>The cascade's next step: the answer before was rejected.</summary>
    NextStep,

    /// <summary>A deployment that failed, again after a wait.</summary>
    SameAgain,

    /// <summary>Nothing may be called, so the least bad is.</summary>
    LastResort,

    /// <summary>A model none of whose deployments could be called, after the wait for the first of them.</summary>
    Reopened,

    /// <summary>The attempt before is slower than usual and still under way: whichever answers first is given.</summary>
    Hedge,

    /// <summary>A question about the request to a small model, not the request itself.</summary>
    SideCall,

    /// <summary>A call of the router's own, to see whether a deployment that failed is in order again.</summary>
    Probe,
}

/// <summary>The names of <see cref="AttemptReason"/> in telemetry.</summary>
internal static class AttemptReasons
{
    private static readonly string[] Names = [.. Enum.GetNames<AttemptReason>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    public static string ToWireName(this AttemptReason reason) => Names[(int)reason];
}
