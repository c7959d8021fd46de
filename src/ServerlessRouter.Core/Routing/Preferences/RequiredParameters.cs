using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Routing.Preferences;

/// <summary>Parameters that a deployment must honour: all that a request sends where <c>provider.require_parameters</c> says so, else those that decide the answer's form.</summary>
internal sealed class RequiredParameters
{
    private static readonly RequiredParameters ManyChoices = new(["n"]);

    private readonly (string Name, WireSchema Schema)? _ownTool;

    private RequiredParameters(ImmutableArray<string> names, (string Name, WireSchema Schema)? ownTool = null) => (Names, _ownTool) = (names, ownTool);

    public ImmutableArray<string> Names { get; }

    public static RequiredParameters SentBy(ChatRequest request)
    {
        var names = ImmutableArray.CreateBuilder<string>(request.Members.Count);
        foreach (var member in request.Members)
            names.Add(Encoding.UTF8.GetString(member.Name.In(request.Bytes)));
        return new RequiredParameters(names.DrainToImmutable(), OwnToolOf(request));
    }

    /// <summary>Null for most: several choices (<c>n</c>) are asked for by a parameter alone, and tools that a vendor runs itself by their type.</summary>
    public static RequiredParameters? OfForm(ChatRequest request)
    {
        if (OwnToolOf(request) is { } tool)
            return new RequiredParameters([tool.Name], tool);
        return AsksForManyChoices(request) ? ManyChoices : null;
    }

    private static (string Name, WireSchema Schema)? OwnToolOf(ChatRequest request) => request.Door is { OwnTool: { } name, Schema: var schema } ? (name, schema) : null;

    private static bool AsksForManyChoices(ChatRequest request) =>
        request.TryGetMember("n"u8, out var choices) && choices.Kind == JsonTokenType.Number && !choices.Value.In(request.Bytes).SequenceEqual("1"u8);

    /// <summary>The first parameter this deployment would not honour; null when it honours all.</summary>
    public string? FirstMissing(LanguageModel model, DeploymentModel deployment)
    {
        if (_ownTool is { } tool && !deployment.Speaks(tool.Schema))
            return tool.Name;
        foreach (var name in Names)
        {
            if ((deployment.Parameters ?? model.Parameters).Drops.Contains(name)
                || !model.Capabilities.HasFlag(CapabilityFor(name))
                || deployment.Lacks(name))
                return name;
        }

        return null;
    }

    private static Capabilities CapabilityFor(string parameter) => parameter switch
    {
        "tools" or "tool_choice" or "parallel_tool_calls" => Capabilities.Tools,
        _ => TuningParameters.CapabilityFor(parameter),
    };
}
