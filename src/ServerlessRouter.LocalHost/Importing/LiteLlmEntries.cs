using System.Text.Json.Nodes;
using ServerlessRouter.LocalHost.Starting;

namespace ServerlessRouter.LocalHost.Importing;

/// <summary>Reads the entries of LiteLLM's <c>model_list</c>: which vendor, which key, which address, which capacity.</summary>
/// <param name="draft">Where providers go.</param>
/// <param name="credentials">What <c>credential_list</c> names.</param>
internal sealed class LiteLlmEntries(ImportDraft draft, IReadOnlyDictionary<string, ForeignValue> credentials)
{
    private const string EmbeddingMode = "embedding";
    private const string ResponsesMode = "responses";
    private const string ResponsesPrefix = "responses/";

    /// <summary>Parameters of a chat request, which an entry may preset.</summary>
    private static readonly HashSet<string> ChatParameters = new(StringComparer.Ordinal)
    {
        "temperature", "top_p", "max_tokens", "max_completion_tokens", "stop", "seed", "presence_penalty", "frequency_penalty", "logit_bias", "reasoning_effort", "service_tier", "response_format", "tool_choice", "parallel_tool_calls", "thinking", "verbosity", "top_k", "user",
    };

    /// <summary>What is read elsewhere, or says nothing of its own.</summary>
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "model", "api_base", "base_url", "api_key", "api_version", "organization", "custom_llm_provider", "litellm_credential_name", "rpm", "tpm", "weight", "order", "timeout", "stream_timeout", "request_timeout", "extra_headers", "headers", "extra_body",
        "additional_drop_params", "region_name", "drop_params", "tenant_id", "client_id", "client_secret", "azure_ad_token", "max_retries", "num_retries", "input_cost_per_token", "output_cost_per_token", "cache_read_input_token_cost", "cache_creation_input_token_cost", "use_in_pass_through", "merge_reasoning_content_in_choices",
    };

    private readonly ForeignConnections _connections = new(draft);

    /// <summary>The deployment of an entry; null, with a note, where the router cannot call it.</summary>
    public LiteLlmDeployment? Deployment(ForeignValue entry, int place)
    {
        var path = $"model_list[{place}]";
        if (entry["model_name"]?.Text is not { } group)
            throw new StartRefusedException($"line {entry.Line}: {path} has no model_name, the name clients ask for.");
        if (entry["litellm_params"] is not { IsMap: true } written)
            throw new StartRefusedException($"line {entry.Line}: {path} ('{group}') has no litellm_params, or they are not indented below it.");
        if (draft.Plain(written["model"]) is not { Length: > 0 } full)
            throw new StartRefusedException($"line {written.Line}: {path}.litellm_params of '{group}' has no model, or the variable it names is not set.");
        var parameters = WithCredential(written, path);
        if (group.Contains('*', StringComparison.Ordinal) || full.Contains('*', StringComparison.Ordinal))
        {
            draft.Note(ImportOutcome.NoCounterpart, path, entry, $"'{group}' stands for every model of a vendor; here each model is written, with its price: add those you use");
            return null;
        }

        var info = entry["model_info"] ?? ForeignValue.Map(entry.Line, []);
        if (info["mode"]?.Text is { } mode and not ("chat" or "completion" or ResponsesMode or EmbeddingMode))
        {
            draft.Note(ImportOutcome.NoCounterpart, path, entry, $"'{group}' is for {mode.Replace('_', ' ')}; the router serves chat and embeddings");
            return null;
        }

        var (vendor, model, whyNot) = VendorOf(full, parameters);
        if (vendor is null)
        {
            draft.Note(ImportOutcome.NoCounterpart, path, written, $"'{group}' ({full}): {whyNot}");
            return null;
        }

        var isOfResponses = model.StartsWith(ResponsesPrefix, StringComparison.Ordinal);
        model = isOfResponses ? model[ResponsesPrefix.Length..] : model;
        var onlyResponses = HasResponses(vendor) && (isOfResponses || info["mode"]?.Text == ResponsesMode);
        if (onlyResponses)
            draft.Note(ImportOutcome.Carried, path, written, $"'{group}' is called at the Responses API alone: responses of the deployment");
        var connection = _connections.Of(vendor, ConnectionOf(parameters), path);
        NoteTheRest(written, info, path);
        return new LiteLlmDeployment(group, vendor, model, IdentityOf(vendor, model, info))
        {
            Json = DeploymentJson(connection.Provider, model, onlyResponses, entry, parameters),
            Parameters = ParametersOf(parameters),
            Info = [info, parameters, entry],
            IsEmbedding = info["mode"]?.Text == EmbeddingMode || (info["mode"] is null && model.Contains("embed", StringComparison.OrdinalIgnoreCase)),
            Limits = LimitsOf(parameters),
            IsFree = connection.IsOwn,
            IsUsualAddress = connection.IsUsualAddress,
            At = (path, entry),
        };
    }

    private ForeignValue WithCredential(ForeignValue written, string path)
    {
        if (written["litellm_credential_name"]?.Text is not { } name)
            return written;
        if (!credentials.TryGetValue(name, out var shared))
            throw new StartRefusedException($"line {written.Line}: {path} names the credential '{name}', which is not in credential_list.");
        var members = new OrderedDictionary<string, ForeignValue>(written.Members);
        foreach (var (member, value) in shared.Members)
            members.TryAdd(member, value);
        return ForeignValue.Map(written.Line, members);
    }

    /// <summary>By <c>custom_llm_provider</c>, by the prefix before the first slash, by the address of one's own, by the maker of the model.</summary>
    private static (ForeignVendor? Vendor, string Model, string? WhyNot) VendorOf(string full, ForeignValue parameters)
    {
        var slash = full.IndexOf('/', StringComparison.Ordinal);
        var prefix = slash < 0 ? "" : full[..slash];
        var rest = full[(slash + 1)..];
        if (parameters["custom_llm_provider"]?.Text is { } custom)
            return (ForeignVendors.Find(custom), prefix == custom ? rest : full, ForeignVendors.WhyNot(custom) ?? $"the provider '{custom}' is not known here; with OpenAI's schema it is a provider of kind openai");
        if (ForeignVendors.WhyNot(prefix) is { } whyNot)
            return (null, full, whyNot);
        if (ForeignVendors.Find(prefix) is { } named)
            return (named, rest, null);
        if (parameters.Any("api_base", "base_url") is not null)
            return (ForeignVendors.OpenAI, full, null);
        return slash < 0 && ForeignVendors.MakerOf(full) is { } maker
            ? (maker, full, null)
            : (null, full, slash < 0 ? "no vendor can be told from the name; write it as VENDOR/MODEL" : $"the vendor '{prefix}' is not known here; with OpenAI's schema it is a provider of kind openai");
    }

    private static ForeignConnection ConnectionOf(ForeignValue parameters) => new()
    {
        Key = parameters["api_key"],
        Address = parameters.Any("api_base", "base_url"),
        ApiVersion = parameters["api_version"],
        Region = parameters["region_name"],
        Headers = parameters.Any("extra_headers", "headers"),
        Organization = parameters["organization"],
        IsEntra = parameters.Any("tenant_id", "azure_ad_token", "client_id") is not null,
    };

    private static string? IdentityOf(ForeignVendor vendor, string model, ForeignValue info) =>
        info["base_model"]?.Text is { } known ? ForeignModels.IdentityOf(known)
        : vendor.Kind == ForeignVendors.Azure.Kind ? null
        : ForeignModels.IdentityOf(model);

    /// <summary>Those whose deployments may say that they answer there; others' chat completions reach the same models.</summary>
    private static bool HasResponses(ForeignVendor vendor) => vendor.Kind == ForeignVendors.OpenAI.Kind || vendor.Kind == ForeignVendors.Azure.Kind;

    private static JsonObject DeploymentJson(string provider, string model, bool onlyResponses, ForeignValue entry, ForeignValue parameters)
    {
        var deployment = new JsonObject { ["provider"] = provider, ["name"] = model };
        if (onlyResponses)
            deployment["responses"] = true;
        if (parameters["weight"] is { Number: >= 0 and var weight })
            deployment["weight"] = weight;
        if (parameters["order"] is { Number: >= 0 and <= 1_000_000 and var order })
            deployment["priority"] = (int)order;
        if ((parameters["tpm"] ?? entry["tpm"]) is { Number: >= 1 and <= int.MaxValue and var tokens })
            deployment["tokensPerMinute"] = (int)tokens;
        if ((parameters["rpm"] ?? entry["rpm"]) is { Number: >= 1 and <= int.MaxValue and var requests })
            deployment["requestsPerMinute"] = (int)requests;
        return deployment;
    }

    private static JsonObject LimitsOf(ForeignValue parameters)
    {
        var limits = new JsonObject();
        if (parameters.Any("timeout", "request_timeout") is { Number: > 0 and <= 86_400 and var seconds })
            limits["attemptSeconds"] = seconds;
        if (parameters["stream_timeout"] is { Number: > 0 and <= 86_400 and var first })
            limits["firstTokenSeconds"] = first;
        return limits;
    }

    private static JsonObject ParametersOf(ForeignValue parameters)
    {
        var adapted = new JsonObject();
        if (parameters["additional_drop_params"]?.Texts().ToList() is { Count: > 0 } dropped)
            adapted["drop"] = new JsonArray([.. dropped.Where(static name => !name.Contains('.', StringComparison.Ordinal) && !name.Contains('[', StringComparison.Ordinal)).Select(static name => JsonValue.Create(name))]);
        var preset = parameters.Members.Where(static member => ChatParameters.Contains(member.Key)).Concat(parameters["extra_body"]?.Members ?? []);
        var defaults = new JsonObject(preset.Where(static member => !member.Value.IsNothing).DistinctBy(static member => member.Key).Select(static member => KeyValuePair.Create(member.Key, member.Value.ToJson())));
        if (defaults.Count > 0)
            adapted["default"] = defaults;
        return adapted;
    }

    private void NoteTheRest(ForeignValue written, ForeignValue info, string path)
    {
        foreach (var (name, value) in written.Members.Where(static member => !member.Value.IsNothing))
        {
            if (ChatParameters.Contains(name) || name == "extra_body")
                draft.Note(ImportOutcome.Changed, $"{path}.litellm_params.{name}", value, "parameters.default: sent where the request does not say");
            else if (name == "additional_drop_params")
                draft.Note(ImportOutcome.Carried, $"{path}.litellm_params.{name}", value, "parameters.drop");
            else if (name is "timeout" or "stream_timeout" or "request_timeout")
                draft.Note(ImportOutcome.Changed, $"{path}.litellm_params.{name}", value, $"limits of the route: {(name == "stream_timeout" ? "firstTokenSeconds" : "attemptSeconds")}");
            else if (name is "max_retries" or "num_retries")
                draft.Note(ImportOutcome.NoCounterpart, $"{path}.litellm_params.{name}", value, "attempts are counted for the request, not for a deployment: limits.attempts of the route");
            else if (!Known.Contains(name) && !name.Contains("_cost_per_token", StringComparison.Ordinal))
                draft.Note(ImportOutcome.NoCounterpart, $"{path}.litellm_params.{name}", value, name == "mock_response" ? "a provider of kind simulated makes up answers" : "nothing like it here");
        }

        foreach (var (name, value) in info.Members.Where(static member => member.Key is "access_groups" or "team_id" or "tags" or "health_check_model" or "input_cost_per_second" or "output_cost_per_second"))
        {
            draft.Note(ImportOutcome.NoCounterpart, $"{path}.model_info.{name}", value, name switch
            {
                "access_groups" or "team_id" => "who may ask for what is said by tiers: tiers.NAME.routes",
                _ when name.EndsWith("per_second", StringComparison.Ordinal) => "prices are for tokens or for a call",
                _ => "nothing like it here",
            });
        }
    }
}
