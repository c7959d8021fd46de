using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration;

/// <summary>The parameters of a request that belong to one of <see cref="Capabilities.Tuning"/>, so that only a model with it is sent them.</summary>
internal static class TuningParameters
{
    private static readonly (string Name, Capabilities Capability)[] Table =
    [
        ("reasoning_effort", Capabilities.Reasoning), ("reasoning", Capabilities.Reasoning), ("include_reasoning", Capabilities.Reasoning),
        ("logprobs", Capabilities.Logprobs), ("top_logprobs", Capabilities.Logprobs),
    ];

    /// <summary>The names that mean nothing to a model with these capabilities.</summary>
    public static IEnumerable<string> MissingFrom(Capabilities capabilities) =>
        Table.Where(row => !capabilities.HasFlag(row.Capability)).Select(static row => row.Name);

    /// <summary>What a model must be able to do for a parameter to mean something; none where every model is sent it.</summary>
    public static Capabilities CapabilityFor(string parameter) => Array.Find(Table, row => row.Name == parameter).Capability;
}
