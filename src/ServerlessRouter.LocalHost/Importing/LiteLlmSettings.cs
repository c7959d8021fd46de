using System.Text.Json.Nodes;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Secrets;

namespace ServerlessRouter.LocalHost.Importing;

/// <summary>What LiteLLM's <c>router_settings</c>, <c>litellm_settings</c> and <c>general_settings</c> say about all models together.</summary>
internal sealed class LiteLlmSettings(ImportDraft draft)
{
    /// <summary>Settings that need nothing here, and why.</summary>
    private static readonly Dictionary<string, string> Needless = new(StringComparer.Ordinal)
    {
        ["drop_params"] = "so it always is: parameters that only tune an answer are left out where a model has none, and told in router_metadata.adjusted",
        ["modify_params"] = "so it always is: requests are made to fit each vendor, and told in router_metadata.adjusted",
        ["enable_pre_call_checks"] = "so it always is: models whose window is too small are left out before a call",
        ["redis_host"] = "no Redis is needed: instances share one store",
        ["redis_port"] = "no Redis is needed: instances share one store",
        ["redis_password"] = "no Redis is needed: instances share one store",
        ["redis_url"] = "no Redis is needed: instances share one store",
        ["database_url"] = "no database server is needed: --data FOLDER keeps everything in one file",
        ["store_model_in_db"] = "with --data FOLDER and --admin-key the configuration is kept and changed over HTTP (docs/configuration.md)",
        ["database_connection_pool_limit"] = "no database server is needed",
        ["allowed_fails"] = "breakers open by kind of failure and close by themselves; there is nothing to set (docs/failures.md)",
        ["allowed_fails_policy"] = "breakers open by kind of failure and close by themselves; there is nothing to set (docs/failures.md)",
        ["cooldown_time"] = "breakers open for as long as the vendor asks, else by kind of failure; there is nothing to set (docs/failures.md)",
        ["disable_cooldowns"] = "breakers cannot be switched off; when all are open, the least bad deployment is tried",
        ["retry_after"] = "the vendor's Retry-After is kept; there is nothing to set",
        ["retry_policy"] = "what is tried again goes by kind of failure; there is nothing to set (docs/failures.md)",
        ["set_verbose"] = "on the command line: --log-level Debug",
        ["json_logs"] = "the log is plain text",
        ["turn_off_message_logging"] = "so it always is: prompts and answers are never logged",
        ["redact_messages_in_exceptions"] = "so it always is: prompts and vendors' words are never logged",
        ["redact_user_api_key_info"] = "so it always is: keys are never logged",
        ["telemetry"] = "nothing is sent anywhere",
        ["success_callback"] = "in place of callbacks: --access-log, records (docs/usage.md), and telemetry on Azure",
        ["failure_callback"] = "in place of callbacks: --access-log, records (docs/usage.md), and telemetry on Azure",
        ["callbacks"] = "in place of callbacks: --access-log, records (docs/usage.md), and telemetry on Azure",
        ["cache"] = "give a route `cache` for the answer of the same request, by key, tier or for all callers (docs/cache.md); for similar requests there is none",
        ["cache_params"] = "give a route `cache` for the answer of the same request, by key, tier or for all callers (docs/cache.md); for similar requests there is none",
        ["proxy_batch_write_at"] = "usage is written behind by itself",
        ["disable_spend_logs"] = "records are off until records.keepDays is written",
    };

    /// <summary>Budgets by LiteLLM's durations that are near one of ours.</summary>
    private static readonly Dictionary<string, (string Period, bool IsSame)> Periods = new(StringComparer.Ordinal)
    {
        ["1h"] = ("hour", true), ["24h"] = ("day", true), ["1d"] = ("day", true), ["7d"] = ("week", false), ["28d"] = ("month", false), ["30d"] = ("month", false), ["31d"] = ("month", false), ["1mo"] = ("month", true),
    };

    /// <summary>How deployments are picked; null for the usual way.</summary>
    public string? Balancing { get; private set; }

    /// <summary>What candidates of a route are ordered by; null for the order written.</summary>
    public string? Prefer { get; private set; }

    /// <summary>What one request may use, for every route.</summary>
    public JsonObject Limits { get; } = [];

    /// <summary>Groups that follow each group, in order.</summary>
    public Dictionary<string, List<string>> Fallbacks { get; } = new(StringComparer.Ordinal);

    /// <summary>Groups that follow those without fallbacks of their own.</summary>
    public List<string> DefaultFallbacks { get; } = [];

    /// <summary>Groups whose fallbacks also hold for refusals of a content filter.</summary>
    public HashSet<string> MovesOnAfterContentFilter { get; } = new(StringComparer.Ordinal);

    /// <summary>Other names of groups.</summary>
    public Dictionary<string, string> Aliases { get; } = new(StringComparer.Ordinal);

    public void Read(string section, ForeignValue settings)
    {
        foreach (var (name, value) in settings.Members.Where(static member => !member.Value.IsNothing))
            ReadOne($"{section}.{name}", name, value);
        if (settings["max_budget"] is { Number: > 0 and var usd } budget)
            ReadBudget($"{section}.max_budget", budget, usd, settings["budget_duration"]?.Text);
    }

    private void ReadOne(string path, string name, ForeignValue value)
    {
        switch (name)
        {
            case "routing_strategy":
                ReadStrategy(path, value);
                break;
            case "num_retries" or "max_retries" when value.Number is { } retries:
                Limits["attempts"] = (int)Math.Clamp(retries + 1, 1, 100);
                draft.Note(ImportOutcome.Changed, path, value, $"limits.attempts {Limits["attempts"]} of every route: calls in all, those of fallbacks included");
                break;
            case "timeout" or "request_timeout" when value.Number is > 0 and var seconds:
                Limits["deadlineSeconds"] = Math.Min(seconds, 86_400);
                draft.Note(ImportOutcome.Carried, path, value, "limits.deadlineSeconds of every route, over all attempts");
                break;
            case "stream_timeout" when value.Number is > 0 and var seconds:
                Limits["firstTokenSeconds"] = Math.Min(seconds, 86_400);
                draft.Note(ImportOutcome.Carried, path, value, "limits.firstTokenSeconds of every route");
                break;
            case "fallbacks":
                ReadFallbacks(path, value, ImportOutcome.Carried, "fallbacks of the route");
                break;
            case "context_window_fallbacks":
                ReadFallbacks(path, value, ImportOutcome.Changed, "fallbacks of the route; after a prompt that is too long only those with a larger window are asked");
                break;
            case "content_policy_fallbacks":
                MovesOnAfterContentFilter.UnionWith(ReadFallbacks(path, value, ImportOutcome.Changed, "fallbacks of the route, with onContentFilter \"next\"; they hold for other failures too"));
                break;
            case "default_fallbacks":
                DefaultFallbacks.AddRange(value.Texts());
                draft.Note(ImportOutcome.Carried, path, value, "fallbacks of every route that has none of its own");
                break;
            case "model_group_alias":
                ReadAliases(path, value);
                break;
            case "master_key":
                ReadMasterKey(path, value);
                break;
            case "max_budget" or "budget_duration":
                break;
            default:
                draft.Note(ImportOutcome.NoCounterpart, path, value, Needless.GetValueOrDefault(name) ?? "nothing like it here");
                break;
        }
    }

    private void ReadStrategy(string path, ForeignValue value)
    {
        (Balancing, Prefer, var outcome, var text) = value.Text switch
        {
            "simple-shuffle" => (null, null, ImportOutcome.Carried, "balancing by weight, as usual"),
            "least-busy" => (BalancingPolicies.LeastBusy, null, ImportOutcome.Carried, "balancing \"least-busy\""),
            "usage-based-routing" or "usage-based-routing-v2" => (BalancingPolicies.LeastBusy, null, ImportOutcome.Changed, "balancing \"least-busy\", with the capacities of rpm and tpm"),
            "latency-based-routing" => (BalancingPolicies.PowerOfTwo, ObjectiveNames.Latency, ImportOutcome.Changed, "balancing \"power-of-two\", and routes over several models prefer latency"),
            "cost-based-routing" => ((string?)null, ObjectiveNames.Cost, ImportOutcome.Changed, "routes over several models prefer cost"),
            _ => (null, null, ImportOutcome.NoCounterpart, "a strategy that is not known; balancing is by weight"),
        };
        draft.Note(outcome, path, value, text);
    }

    private List<string> ReadFallbacks(string path, ForeignValue value, ImportOutcome outcome, string text)
    {
        var groups = new List<string>();
        foreach (var (group, followers) in (value.IsList ? value.Items : [value]).SelectMany(static map => map.Members))
        {
            groups.Add(group);
            var list = group == "*" ? DefaultFallbacks : Fallbacks.TryGetValue(group, out var known) ? known : Fallbacks[group] = [];
            list.AddRange(followers.Texts().Where(follower => !list.Contains(follower)));
            if (followers.Items.Any(static item => item.IsMap))
                draft.Note(ImportOutcome.NoCounterpart, path, followers, $"a fallback of '{group}' that changes the request as well; only names of models are carried over");
            else
                draft.Note(outcome, path, followers, $"'{group}': {text}");
        }

        return groups;
    }

    private void ReadAliases(string path, ForeignValue value)
    {
        foreach (var (alias, target) in value.Members)
        {
            if ((target.Text ?? target["model"]?.Text) is not { } group)
                continue;
            Aliases[alias] = group;
            draft.Note(target["hidden"]?.Truth == true ? ImportOutcome.Changed : ImportOutcome.Carried, path, target, $"a route '{alias}' over what '{group}' has{(target["hidden"]?.Truth == true ? "; it is listed under /v1/models" : "")}");
        }
    }

    private void ReadMasterKey(string path, ForeignValue value)
    {
        if (ImportDraft.VariableIn(value.Text ?? "") is { } variable)
        {
            draft.Keys["master"] = new JsonObject { ["secret"] = $"{SecretSchemes.Environment}:{variable}" };
            draft.Note(ImportOutcome.Changed, path, value, $"the key 'master', from {variable}: it may call; the router itself is administered with --admin-key");
            return;
        }

        draft.Keys["master"] = new JsonObject { ["secret"] = $"{SecretSchemes.Sha256}:{KeyHash.Of(value.Text ?? "")}" };
        draft.Note(ImportOutcome.Changed, path, value, "the key 'master', kept as its hash, so callers go on with the same key; the router itself is administered with --admin-key");
    }

    private void ReadBudget(string path, ForeignValue at, decimal usd, string? duration)
    {
        if (!Periods.TryGetValue(duration ?? "30d", out var period))
        {
            draft.Note(ImportOutcome.NoCounterpart, path, at, $"a budget for {duration}; there are hour, day, week and month");
            return;
        }

        draft.Tiers["default"] = new JsonObject { ["budget"] = new JsonObject { ["usd"] = usd, ["per"] = period.Period } };
        draft.Note(ImportOutcome.Changed, path, at, $"budget of the tier 'default': for each caller rather than for all together, by calendar {period.Period} in UTC");
    }
}
