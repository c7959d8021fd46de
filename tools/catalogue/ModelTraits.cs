using System.Text.Json.Nodes;

namespace ServerlessRouter.Tools.Catalogue;

/// <summary>What a vendor's model can do and how its parameters differ, from its facts and what its vendor's API takes.</summary>
internal sealed class ModelTraits(string vendor, string name, ListedModel facts)
{
    private static readonly string[] Levels = ["none", "minimal", "low", "default", "medium", "high", "xhigh", "max"];

    public bool IsEmbedding => facts.Name.Contains("embed", StringComparison.OrdinalIgnoreCase);

    private bool IsOpenAI => vendor is "openai" or "azure-openai";

    /// <summary>It thinks, and takes neither the sampling parameters nor the earlier name of the limit.</summary>
    private bool IsOpenAIReasoner => IsOpenAI && facts.Reasons && facts.Samples != true && (name.StartsWith("gpt-", StringComparison.Ordinal) || name is ['o', >= '1' and <= '9', ..] || name.StartsWith("codex", StringComparison.Ordinal));

    public IEnumerable<string> Capabilities
    {
        get
        {
            if (IsEmbedding)
                return ["embeddings"];
            var all = new List<string>();
            if (facts.Calls && vendor != "perplexity")
                all.Add("tools");
            if (facts.Input.Contains("image"))
                all.Add("vision");
            // Anthropic's are made by the router's translation, Mistral's by all its models, and DeepSeek has the plain form only; models.dev says otherwise.
            if (vendor != "deepseek" && (facts.HasSchema || vendor is "anthropic" or "mistral" or "perplexity"))
                all.Add("json_schema");
            else
                all.Add("json_object");
            // The compatible endpoints of others take no parts with files.
            if (facts.Input.Contains("pdf") && (IsOpenAI || vendor is "anthropic" or "openrouter"))
                all.Add("files");
            if (facts.Input.Contains("audio") && vendor is "gemini" or "openrouter")
                all.Add("audio");
            if (facts.Reasons)
                all.Add("reasoning");
            if (IsOpenAI && !facts.Reasons)
                all.Add("logprobs");
            return all;
        }
    }

    public JsonObject? Reasoning
    {
        get
        {
            if (IsEmbedding || !facts.Reasons)
                return null;
            var options = facts.ReasoningOptions.ToList();
            var levels = options.Where(static option => option.Type == "effort").SelectMany(static option => option.Levels).Distinct().OrderBy(level => Array.IndexOf(Levels, level)).ToArray();
            var (_, _, min, max) = options.FirstOrDefault(static option => option.Type == "budget_tokens");
            var hasBudget = options.Exists(static option => option.Type == "budget_tokens");
            if (vendor == "openrouter")
                return Form("effort", ["low", "medium", "high"]);
            if (vendor == "anthropic")
            {
                // Of those that take both, the later ones decide themselves.
                var isAdaptive = levels.Length > 0 && (!hasBudget || levels.Contains("max"));
                return Form(isAdaptive ? "adaptive" : "budget", levels, hasBudget ? min : null, hasBudget ? max : null);
            }

            // Gemini's compatible endpoint takes levels for budgets too.
            if (vendor == "gemini" && levels.Length == 0)
                return Form("effort", options.Exists(static option => option.Type == "toggle") ? ["none", "low", "medium", "high"] : ["low", "medium", "high"]);
            if (levels.Length > 0)
                return Form("effort", options.Exists(static option => option.Type == "toggle") && !levels.Contains("none") && vendor is "deepinfra" or "nebius" ? ["none", .. levels] : levels);
            return Form(hasBudget ? "budget" : options.Exists(static option => option.Type == "toggle") ? "toggle" : "always", [], hasBudget ? min : null, hasBudget ? max : null);
        }
    }

    /// <summary>How parameters are adapted besides what holds for all models of the vendor.</summary>
    public JsonObject? Parameters
    {
        get
        {
            if (IsEmbedding || vendor == "anthropic")
                return null;
            var drops = new List<string>();
            if (IsOpenAIReasoner)
                drops.AddRange(["frequency_penalty", "logit_bias", "presence_penalty", "stop", "temperature", "top_p"]);
            else if (vendor is "moonshot" && facts.Samples == false)
                drops.AddRange(["frequency_penalty", "n", "presence_penalty", "temperature", "top_p"]);
            else if (vendor == "xai" && facts.Reasons)
                drops.AddRange(["frequency_penalty", "presence_penalty", "stop"]);
            if (facts.Reasons && (string?)Reasoning?["form"] is not "effort")
                drops.AddRange(["reasoning", "reasoning_effort"]);
            var parameters = new JsonObject();
            if (IsOpenAIReasoner)
                parameters["rename"] = new JsonObject { ["max_tokens"] = "max_completion_tokens" };
            if (drops.Count > 0)
                parameters["drop"] = new JsonArray([.. drops.Select(static drop => (JsonNode)drop)]);
            return parameters.Count == 0 ? null : parameters;
        }
    }

    /// <summary>By the family of the model: OpenAI publishes its own, the others' names stand for the estimate that fits.</summary>
    public string? Tokenizer
    {
        get
        {
            var key = ModelKey.Of(name);
            if (key.StartsWith("text-embedding", StringComparison.Ordinal) || key.StartsWith("gpt-3-5", StringComparison.Ordinal) || key is "gpt-4" or "gpt-4-turbo")
                return "cl100k_base";
            if (key.StartsWith("gpt-oss", StringComparison.Ordinal))
                return "o200k_harmony";
            if (key.StartsWith("gpt-", StringComparison.Ordinal) || key is ['o', >= '1' and <= '9', ..])
                return "o200k_base";
            string[] families = ["claude", "gemini", "gemma", "llama", "grok", "deepseek", "qwen", "kimi", "glm", "command", "mistral", "ministral", "codestral", "devstral", "magistral", "sonar", "minimax", "nemotron"];
            return families.FirstOrDefault(family => key.Contains(family, StringComparison.Ordinal)) switch
            {
                "mistral" or "ministral" or "codestral" or "devstral" or "magistral" => "tekken",
                var family => family,
            };
        }
    }

    private static JsonObject Form(string form, string[] levels, int? min = null, int? max = null)
    {
        var json = new JsonObject { ["form"] = form };
        if (levels.Length > 0)
            json["levels"] = new JsonArray([.. levels.Select(static level => (JsonNode)level)]);
        if (min is { } least)
            json["min"] = least;
        if (max is { } most)
            json["max"] = most;
        return json;
    }
}
