using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Preferences;

/// <summary>Reads a request's <c>provider</c> object. Unlike the rest of a request it is the router's own, so an unknown field is an error that names it.</summary>
internal ref struct ProviderPreferencesReader
{
    /// <summary>Longer lists of providers are a mistake.</summary>
    private const int MaxSlugs = 64;

    private const string Root = "provider";

    private static readonly ImmutableArray<string> KnownFields =
    [
        "order", "allow_fallbacks", "require_parameters", "data_collection", "zdr", "only", "ignore", "sort",
        "preferred_min_throughput", "preferred_max_latency", "max_price",
    ];

    private Utf8JsonReader _reader;
    private RouterError? _error;

    private ProviderPreferencesReader(Utf8JsonReader reader) => _reader = reader;

    /// <summary>What is wrong with the object, or null and its content; none when the request has no such object.</summary>
    public static RouterError? Read(ChatRequest request, out ProviderPreferences preferences)
    {
        preferences = ProviderPreferences.None;
        if (!request.TryGetMember("provider"u8, out var member) || member.Kind == JsonTokenType.Null)
            return null;
        if (member.Kind != JsonTokenType.StartObject)
            return RouterError.InvalidRequest("'provider' must be an object.", Root);

        var reader = new ProviderPreferencesReader(RequestJson.ReadValue(request, member));
        try
        {
            preferences = reader.ReadFields();
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that a string is not proper text.
            return RouterError.InvalidRequest("'provider' holds a string that is not valid Unicode.", Root);
        }

        return reader._error;
    }

    private ProviderPreferences ReadFields()
    {
        var read = new ProviderPreferences();
        while (NextField() is { } field)
            read = ReadField(read, field);
        return read;
    }

    private ProviderPreferences ReadField(ProviderPreferences read, string field) => field switch
    {
        _ when _reader.TokenType == JsonTokenType.Null && KnownFields.Contains(field) => read,
        "order" => read with { Order = ReadSlugs(field) },
        "only" => read with { Only = ReadSlugs(field) },
        "ignore" => read with { Ignore = ReadSlugs(field) },
        "allow_fallbacks" => read with { AllowsFallbacks = ReadBoolean(field) },
        "require_parameters" => read with { RequiresParameters = ReadBoolean(field) },
        "zdr" => read with { RequiresZeroDataRetention = ReadBoolean(field) },
        "data_collection" => read with { DeniesDataCollection = ReadChoice(field, "allow", "deny") == "deny" },
        "sort" => ReadSort(read),
        "preferred_min_throughput" => read with { PreferredTokensPerSecond = ReadGoals(field) },
        "preferred_max_latency" => read with { PreferredFirstTokenSeconds = ReadGoals(field) },
        "max_price" => read with { MaxPrice = ReadMaxPrice() },
        _ => Refuse(read, field, $"'provider' has no field '{field}'. It may have: {string.Join(", ", KnownFields)}."),
    };

    /// <summary>Goes to the value of the object's next member; null at its end and after an error.</summary>
    private string? NextField()
    {
        if (_error is not null || !_reader.Read() || _reader.TokenType != JsonTokenType.PropertyName)
            return null;
        var name = _reader.GetString();
        _reader.Read();
        return name;
    }

    private ImmutableArray<string> ReadSlugs(string field)
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
            return Refuse(ImmutableArray<string>.Empty, field, $"'provider.{field}' must be an array of provider names.");

        var slugs = ImmutableArray.CreateBuilder<string>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_reader.TokenType != JsonTokenType.String)
                return Refuse(ImmutableArray<string>.Empty, field, $"'provider.{field}' must hold only strings, for example [\"azure\", \"openai\"].");
            if (slugs.Count == MaxSlugs)
                return Refuse(ImmutableArray<string>.Empty, field, $"'provider.{field}' may hold at most {MaxSlugs} names.");
            slugs.Add(_reader.GetString()!);
        }

        return slugs.DrainToImmutable();
    }

    private bool ReadBoolean(string field) =>
        _reader.TokenType is JsonTokenType.True or JsonTokenType.False
            ? _reader.GetBoolean()
            : Refuse(false, field, $"'provider.{field}' must be true or false.");

    private string ReadChoice(string field, params ReadOnlySpan<string> choices)
    {
        if (_reader.TokenType == JsonTokenType.String)
        {
            foreach (var choice in choices)
            {
                if (_reader.ValueTextEquals(choice))
                    return choice;
            }
        }

        return Refuse("", field, $"'provider.{field}' must be one of: {string.Join(", ", choices)}.");
    }

    private ProviderPreferences ReadSort(ProviderPreferences read)
    {
        if (_reader.TokenType != JsonTokenType.StartObject)
            return read with { Sort = ReadSortName("sort") };

        while (NextField() is { } field)
        {
            read = field switch
            {
                _ when _reader.TokenType == JsonTokenType.Null && field is "by" or "partition" => read,
                "by" => read with { Sort = ReadSortName("sort.by") },
                "partition" => read with { SortsAcrossModels = ReadChoice("sort.partition", "model", "none") == "none" },
                _ => Refuse(read, "sort." + field, $"'provider.sort' has no field '{field}'. It may have: by, partition."),
            };
        }

        return read;
    }

    private CandidateSort? ReadSortName(string field) =>
        CandidateSorts.Parse(ReadChoice(field, CandidateSorts.Price, CandidateSorts.Throughput, CandidateSorts.Latency, CandidateSorts.Exacto));

    /// <summary>A number (the median), or one for each of several percentiles.</summary>
    private PercentileGoals ReadGoals(string field)
    {
        if (_reader.TokenType == JsonTokenType.Number)
            return new PercentileGoals { P50 = ReadFigure(field) };
        if (_reader.TokenType != JsonTokenType.StartObject)
            return Refuse(default(PercentileGoals), field, $"'provider.{field}' must be a number, or an object with any of p50, p75, p90, p99.");

        var goals = default(PercentileGoals);
        while (NextField() is { } percentile)
        {
            var place = $"{field}.{percentile}";
            goals = percentile switch
            {
                _ when _reader.TokenType == JsonTokenType.Null && percentile is ("p50" or "p75" or "p90" or "p99") => goals,
                "p50" => goals with { P50 = ReadFigure(place) },
                "p75" => goals with { P75 = ReadFigure(place) },
                "p90" => goals with { P90 = ReadFigure(place) },
                "p99" => goals with { P99 = ReadFigure(place) },
                _ => Refuse(goals, place, $"'provider.{field}' has no percentile '{percentile}'. It may have: p50, p75, p90, p99."),
            };
        }

        return goals;
    }

    private double? ReadFigure(string field) =>
        _reader.TokenType == JsonTokenType.Number && _reader.TryGetDouble(out var figure) && double.IsFinite(figure) && figure >= 0
            ? figure
            : Refuse(default(double?), field, $"'provider.{field}' must be a number of 0 or more.");

    private PriceCeiling? ReadMaxPrice()
    {
        if (_reader.TokenType != JsonTokenType.StartObject)
            return Refuse(default(PriceCeiling?), "max_price", "'provider.max_price' must be an object, for example {\"prompt\": 1, \"completion\": 2}.");

        var ceiling = new PriceCeiling(null, null, null);
        while (NextField() is { } field)
        {
            ceiling = field switch
            {
                "prompt" => ceiling with { Prompt = ReadPrice("max_price.prompt") },
                "completion" => ceiling with { Completion = ReadPrice("max_price.completion") },
                "request" => ceiling with { Request = ReadPrice("max_price.request") },
                "image" or "audio" => ReadUnpriced(ceiling, "max_price." + field),
                _ => Refuse(
                    ceiling, "max_price." + field, $"'provider.max_price' has no field '{field}'. It may have: prompt, completion, request, image, audio."),
            };
        }

        return ceiling;
    }

    /// <summary>Models have no price for these, so their ceiling is checked and removes nothing.</summary>
    private PriceCeiling ReadUnpriced(PriceCeiling ceiling, string field)
    {
        ReadPrice(field);
        return ceiling;
    }

    private decimal? ReadPrice(string field)
    {
        decimal price = 0;
        var isPrice = _reader.TokenType switch
        {
            JsonTokenType.Null => true,
            JsonTokenType.Number => _reader.TryGetDecimal(out price),
            JsonTokenType.String => decimal.TryParse(_reader.GetString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out price),
            _ => false,
        };
        if (!isPrice || price < 0)
            return Refuse(default(decimal?), field, $"'provider.{field}' must be USD per million tokens, as a number or a decimal string.");
        return _reader.TokenType == JsonTokenType.Null ? null : price;
    }

    /// <summary>Keeps the first error, which ends the reading.</summary>
    private T Refuse<T>(T fallback, string field, string message)
    {
        _error ??= RouterError.InvalidRequest(message, $"{Root}.{field}");
        return fallback;
    }
}
