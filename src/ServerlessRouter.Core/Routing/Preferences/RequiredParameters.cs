using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Routing.Preferences;

/// <summary><c>provider.require_parameters</c>: the parameters a request sends, every one of which a deployment must honour.</summary>
internal sealed class RequiredParameters
{
    /// <summary>Parameters of OpenAI's schema that Anthropic's Messages API has no counterpart for.</summary>
    private static readonly FrozenSet<string> MissingFromAnthropic =
        new[] { "frequency_penalty", "presence_penalty", "logit_bias", "logprobs", "top_logprobs", "n", "seed" }.ToFrozenSet();

    private static readonly FrozenDictionary<string, Capabilities> CapabilityOf = new Dictionary<string, Capabilities>
    {
        ["tools"] = Capabilities.Tools, ["tool_choice"] = Capabilities.Tools, ["parallel_tool_calls"] = Capabilities.Tools,
        ["reasoning"] = Capabilities.Reasoning, ["reasoning_effort"] = Capabilities.Reasoning,
        ["logprobs"] = Capabilities.Logprobs, ["top_logprobs"] = Capabilities.Logprobs,
    }.ToFrozenDictionary();

    private readonly ImmutableArray<string> _names;

    private RequiredParameters(ImmutableArray<string> names) => _names = names;

    public static RequiredParameters SentBy(ChatRequest request)
    {
        var names = ImmutableArray.CreateBuilder<string>(request.Members.Count);
        foreach (var member in request.Members)
            names.Add(Encoding.UTF8.GetString(member.Name.In(request.Bytes)));
        return new RequiredParameters(names.DrainToImmutable());
    }

    /// <summary>The first parameter this deployment would not honour; null when it honours all.</summary>
    public string? FirstMissing(LanguageModel model, DeploymentModel deployment)
    {
        var isAnthropic = deployment.Provider.Kind == ProviderKinds.Anthropic;
        foreach (var name in _names)
        {
            if (model.Parameters.Drops.Contains(name)
                || (CapabilityOf.TryGetValue(name, out var capability) && !model.Capabilities.HasFlag(capability))
                || (isAnthropic && MissingFromAnthropic.Contains(name)))
                return name;
        }

        return null;
    }
}
