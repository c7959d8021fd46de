using System.Text.Json.Nodes;

namespace ServerlessRouter.LocalHost.Importing;

/// <summary>One entry of LiteLLM's <c>model_list</c>, as a deployment here.</summary>
/// <param name="Group">The name clients ask for.</param>
/// <param name="Vendor">Who is called.</param>
/// <param name="Model">What the vendor calls the model.</param>
/// <param name="Identity">What deployments of the same model have in common; null where the vendor's name does not tell (Azure).</param>
internal sealed record LiteLlmDeployment(string Group, ForeignVendor Vendor, string Model, string? Identity)
{
    /// <summary>As it stands under <c>deployments</c>.</summary>
    public required JsonObject Json { get; init; }

    /// <summary>As it stands under <c>parameters</c>; empty where nothing is adapted.</summary>
    public required JsonObject Parameters { get; init; }

    /// <summary>Where price, limits and abilities may stand.</summary>
    public required IReadOnlyList<ForeignValue> Info { get; init; }

    /// <summary>It turns texts into vectors.</summary>
    public required bool IsEmbedding { get; init; }

    /// <summary>The limits it asks for, of the whole request.</summary>
    public required JsonObject Limits { get; init; }

    /// <summary>It is called at the vendor's own address.</summary>
    public required bool IsUsualAddress { get; init; }

    /// <summary>It runs on a server of one's own.</summary>
    public required bool IsFree { get; init; }

    /// <summary>Where it stands in the file.</summary>
    public required (string Path, ForeignValue Value) At { get; init; }
}
