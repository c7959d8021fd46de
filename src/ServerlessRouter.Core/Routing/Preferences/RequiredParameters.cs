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

    private RequiredParameters(ImmutableArray<string> names) => Names = names;

    public ImmutableArray<string> Names { get; }

    public static RequiredParameters SentBy(ChatRequest request)
    {
        var names = ImmutableArray.CreateBuilder<string>(request.Members.Count);
        foreach (var member in request.Members)
            names.Add(Encoding.UTF8.GetString(member.Name.In(request.Bytes)));
        return new RequiredParameters(names.DrainToImmutable());
    }

    /// <summary>Null for most: only several choices (<c>n</c>) are asked for by a parameter alone.</summary>
    public static RequiredParameters? OfForm(ChatRequest request) =>
        request.TryGetMember("n"u8, out var choices) && choices.Kind == JsonTokenType.Number && !choices.Value.In(request.Bytes).SequenceEqual("1"u8) ? ManyChoices : null;

    /// <summary>The first parameter this deployment would not honour; null when it honours all.</summary>
    public string? FirstMissing(LanguageModel model, DeploymentModel deployment)
    {
        foreach (var name in Names)
        {
            if (model.Parameters.Drops.Contains(name)
                || !model.Capabilities.HasFlag(CapabilityFor(name))
                || deployment.Provider.Kind.UnsupportedParameters.Contains(name))
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
