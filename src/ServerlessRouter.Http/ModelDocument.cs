using System.Globalization;
using System.Text.Json;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Http;

/// <summary>
/// Describes a route or model to callers: OpenAI's members, and OpenRouter's for price, window and parameters. A route can what one of its models can, and its price is that
/// of its dearest model: no answer costs more. From its cheapest to its dearest stands in <c>pricing_range</c>.
/// </summary>
internal static class ModelDocument
{
    private const decimal TokensPerMillion = 1_000_000m;

    /// <summary>Money without an exponent and without zeros at its end.</summary>
    private const string MoneyFormat = "0.############################";

    private static readonly string[] PlainParameters =
        ["max_tokens", "max_completion_tokens", "temperature", "top_p", "stop", "seed", "presence_penalty", "frequency_penalty"];

    private static readonly string[] EmbeddingsParameters = ["dimensions", "encoding_format", "user"];

    private static readonly (Capabilities Needed, string[] Parameters)[] CapableParameters =
    [
        (Capabilities.Streaming, ["stream", "stream_options"]),
        (Capabilities.Tools, ["tools", "tool_choice", "parallel_tool_calls"]),
        (Capabilities.JsonSchema | Capabilities.JsonObject, ["response_format"]),
        (Capabilities.JsonSchema, ["structured_outputs"]),
        (Capabilities.Reasoning, ["reasoning_effort"]),
        (Capabilities.Logprobs, ["logprobs", "top_logprobs"]),
    ];

    /// <summary>Writes one JSON object.</summary>
    public static void Write(Utf8JsonWriter writer, RouteModel target)
    {
        var models = ModelsOf(target);
        var capabilities = models.Aggregate(Capabilities.None, static (all, model) => all | model.Capabilities);

        writer.WriteStartObject();
        writer.WriteString("id"u8, target.Name);
        writer.WriteString("object"u8, "model"u8);
        // The configuration does not know when a vendor made a model, and OpenAI's clients demand a number.
        writer.WriteNumber("created"u8, 0);
        writer.WriteString("owned_by"u8, OwnerOf(target, models));
        writer.WriteString("kind"u8, target.IsImplicit ? "model"u8 : "route"u8);
        if (!target.IsImplicit)
            WriteNames(writer, "models", models.Select(static model => model.Name));
        writer.WriteNumber("context_length"u8, models.Max(static model => model.ContextWindow));
        if (target.MakesEmbeddings)
            WriteArchitecture(writer);
        else
            writer.WriteNumber("max_completion_tokens"u8, models.Max(static model => model.MaxOutputTokens ?? model.ContextWindow));
        WritePrice(writer, models);
        if (!target.IsImplicit)
            WritePriceRange(writer, models);
        WriteNames(writer, "capabilities", CapabilityNames.Of(capabilities));
        WriteNames(writer, "supported_parameters", ParametersOf(models, capabilities));
        writer.WriteEndObject();
    }

    /// <summary>OpenRouter's clients tell by it which models make embeddings.</summary>
    private static void WriteArchitecture(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("architecture"u8);
        WriteNames(writer, "input_modalities", ["text"]);
        WriteNames(writer, "output_modalities", ["embeddings"]);
        writer.WriteEndObject();
    }

    private static List<LanguageModel> ModelsOf(RouteModel target) =>
        [.. target.Candidates.Concat(target.Rules.SelectMany(static rule => rule.Use)).Concat(target.Fallbacks).Distinct()];

    private static string OwnerOf(RouteModel target, List<LanguageModel> models) =>
        target.IsImplicit && models[0].Deployments is [{ Provider.Name: var provider }, ..] ? provider : "serverless-router";

    private static void WritePrice(Utf8JsonWriter writer, List<LanguageModel> models)
    {
        writer.WriteStartObject("pricing"u8);
        writer.WriteString("prompt"u8, PerToken(models, static price => price.InputPerMillion));
        writer.WriteString("completion"u8, PerToken(models, static price => price.OutputPerMillion));
        writer.WriteString("input_cache_read"u8, PerToken(models, static price => price.CachedInputPerMillion));
        writer.WriteString("input_cache_write"u8, PerToken(models, static price => price.CacheWritePerMillion));
        writer.WriteString("request"u8, Money(models.Max(static model => model.Price.PerRequest)));
        writer.WriteEndObject();
    }

    /// <summary>What an answer of a route costs at least and at most, by who gives it.</summary>
    private static void WritePriceRange(Utf8JsonWriter writer, List<LanguageModel> models)
    {
        writer.WriteStartObject("pricing_range"u8);
        WriteRange(writer, "prompt", models, static price => price.InputPerMillion);
        WriteRange(writer, "completion", models, static price => price.OutputPerMillion);
        writer.WriteEndObject();
    }

    private static void WriteRange(Utf8JsonWriter writer, string name, List<LanguageModel> models, Func<ModelPrice, decimal> perMillion)
    {
        writer.WriteStartObject(name);
        writer.WriteString("min"u8, Money(models.Min(model => perMillion(model.Price)) / TokensPerMillion));
        writer.WriteString("max"u8, PerToken(models, perMillion));
        writer.WriteEndObject();
    }

    private static string PerToken(List<LanguageModel> models, Func<ModelPrice, decimal> perMillion) =>
        Money(models.Max(model => perMillion(model.Price)) / TokensPerMillion);

    private static string Money(decimal usd) => usd.ToString(MoneyFormat, CultureInfo.InvariantCulture);

    private static IEnumerable<string> ParametersOf(List<LanguageModel> models, Capabilities capabilities) =>
        (capabilities.HasFlag(Capabilities.Embeddings) ? EmbeddingsParameters : PlainParameters)
            .Concat(CapableParameters.Where(row => (row.Needed & capabilities) != 0).SelectMany(static row => row.Parameters))
            .Where(parameter => models.Exists(model => !model.Parameters.Drops.Contains(parameter)));

    private static void WriteNames(Utf8JsonWriter writer, string member, IEnumerable<string> names)
    {
        writer.WriteStartArray(member);
        foreach (var name in names)
            writer.WriteStringValue(name);
        writer.WriteEndArray();
    }
}
