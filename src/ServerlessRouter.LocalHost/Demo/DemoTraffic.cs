using System.Globalization;
using System.Text.Json;
using ServerlessRouter.Domain;

namespace ServerlessRouter.LocalHost.Demo;

/// <summary>Who asks what, when: a day of an organisation with a few applications, one of which runs wild for a while.</summary>
internal sealed class DemoTraffic(DateTimeOffset start, IRandomSource random)
{
    private static readonly string[] Faq =
    [
        "How do I reset my password?", "Where can I see my invoices?", "How long does shipping take to Norway?", "Can I change the delivery address of an order?", "What is your policy for returns?",
        "My order arrived damaged. What now?", "Do you ship on Saturdays?", "How do I cancel my subscription?", "Which sizes do the boots come in?", "Is there a discount for students?",
    ];

    private static readonly string[] Searches =
    [
        "Summarize the following customer review in one sentence: the tent kept us dry through two storms, but the poles bent on the third night and the zip sticks.",
        "Extract the product name, the colour and the price as JSON: 'Selling my barely used Alpine 40 backpack, forest green, asking 85 euros.'",
        "Classify the sentiment of this text as positive, neutral or negative: the battery lasts two days, which is what I was promised.",
        "Translate into German: Your parcel was handed to the carrier this morning and will arrive within two working days.",
        "Rewrite this query for a search engine: cheap warm sleeping bag that packs small for winter hut tours",
    ];

    private static readonly string[] Code =
    [
        "Review this function and point out the bug:\n```python\ndef mean(values):\n    total = 0\n    for v in values:\n        total += v\n    return total / len(values) if values else None or 0\n```",
        "Write a C# method that merges two sorted lists into one without allocating more than the result.",
        "Why does this SQL query scan the whole table, and how do I fix it? SELECT * FROM orders WHERE date(created_at) = '2026-01-31'",
        "I'm not sure whether this cache may be used by several threads at once. May it, and what would break?\n```csharp\nreadonly Dictionary<string, string> seen = new();\nstring Get(string key) => seen.TryGetValue(key, out var value) ? value : seen[key] = Load(key);\n```",
        "Refactor this into async code and explain each step:\n```js\nfunction load(url, cb) { fetch(url).then(r => r.json()).then(cb).catch(() => cb(null)); }\n```",
    ];

    private static readonly string[] Hard =
    [
        "Prove that the sum of the first n odd numbers is n squared, and then derive the sum of their cubes. Show every step of the argument.",
        "We have 14 months of sales by region and week. Design an experiment that tells whether the price change of March caused the fall in repeat purchases, and say what would confound it.",
        "A train leaves at 9:10 at 80 km/h, another from the same station at 9:40 at 110 km/h. When and where does the second overtake the first, and how does the answer change if the first stops for 6 minutes?",
    ];

    private static readonly string[] Reports =
    [
        "Summarize the following ledger into five bullet points for the board, and name the three largest deviations from the plan.",
        "Draft the weekly report of the finance team from these figures, in a sober tone, at most 200 words.",
    ];

    /// <summary>Every request of the day before the start, in order.</summary>
    public IEnumerable<DemoRequest> OfTheDay()
    {
        for (var minute = -24 * 60; minute < 0; minute++)
        {
            var begin = start.AddMinutes(minute);
            var count = Poisson(PerMinute(begin, minute));
            foreach (var offset in Enumerable.Range(0, count).Select(_ => random.NextDouble() * 60).Order().ToList())
                yield return Draw(begin.AddSeconds(offset), minute);
        }
    }

    /// <summary>One request of now.</summary>
    public DemoRequest OfNow(DateTimeOffset now) => Draw(now, 0);

    // Busy by day, quiet by night, with reports before dawn, a rush on the shop six hours before the start, and an application that runs wild three hours before it.
    private static double PerMinute(DateTimeOffset time, int minute)
    {
        var hour = time.UtcDateTime.TimeOfDay.TotalHours;
        var day = 0.7 + (2.2 * Math.Max(0, Math.Sin((hour - 6) / 14 * Math.PI)));
        return day + (hour is >= 2 and < 4 ? 1.5 : 0) + (IsWild(minute) ? 5 : 0) + (IsRush(minute) ? 8 : 0);
    }

    private static bool IsWild(int minute) => minute is >= -200 and < -172;

    /// <summary>So many requests that the router knows what is slow, and asks twice where a call is.</summary>
    private static bool IsRush(int minute) => minute is >= -385 and < -355;

    private DemoRequest Draw(DateTimeOffset at, int minute)
    {
        if (IsWild(minute) && random.NextDouble() < 0.65)
            return Ask(at, "data-science", "best", Pick(Hard) + Filler(3000), isStream: false);
        if (IsRush(minute) && random.NextDouble() < 0.75)
            return Ask(at, "search", "fast", Numbered(Pick(Searches)), isStream: true);
        var hour = at.UtcDateTime.Hour;
        if (hour is >= 2 and < 4 && random.NextDouble() < 0.6)
            return Ask(at, "nightly-reports", "auto", Pick(Reports) + Filler(1500), isStream: false);
        return random.NextDouble() switch
        {
            < 0.34 => Ask(at, "support-bot", "support", Pick(Faq), isStream: random.NextDouble() < 0.7),
            < 0.62 => Ask(at, "search", random.NextDouble() < 0.5 ? "fast" : "auto", Numbered(Pick(Searches)), isStream: false),
            < 0.80 => Ask(at, "mobile-app", random.NextDouble() < 0.6 ? "auto" : "fast", Numbered(Pick(Faq)), isStream: true),
            < 0.93 => Ask(at, "code-review", random.NextDouble() < 0.6 ? "auto" : "careful", Numbered(Pick(Code)), isStream: random.NextDouble() < 0.5),
            _ => Ask(at, "data-science", random.NextDouble() < 0.4 ? "best" : "careful", Numbered(Pick(Hard)), isStream: false),
        };
    }

    private DemoRequest Ask(DateTimeOffset at, string caller, string route, string prompt, bool isStream)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>(prompt.Length + 128);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("model", random.NextDouble() < 0.004 ? "unknown-model" : route);
        writer.WriteBoolean("stream", isStream);
        writer.WriteStartArray("messages");
        writer.WriteStartObject();
        writer.WriteString("role", "user");
        writer.WriteString("content", prompt);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return new DemoRequest(at, caller, output.WrittenSpan.ToArray());
    }

    /// <summary>Another question than the one before, so that no cache has its answer.</summary>
    private string Numbered(string prompt) => string.Create(CultureInfo.InvariantCulture, $"{prompt} (case {random.Next(1_000_000)})");

    private string Filler(int words) => " " + string.Join(' ', Enumerable.Range(0, words).Select(_ => Words[random.Next(Words.Length)]));

    private static readonly string[] Words = ["region", "north", "week", "sales", "plan", "margin", "returns", "orders", "stock", "forecast", "price", "customers", "visits", "refunds", "quarter", "growth"];

    private string Pick(string[] from) => from[random.Next(from.Length)];

    private int Poisson(double mean)
    {
        var (limit, product, count) = (Math.Exp(-mean), 1.0, -1);
        do
        {
            product *= random.NextDouble();
            count++;
        }
        while (product > limit);
        return count;
    }
}

/// <summary>A request of the demonstration.</summary>
/// <param name="At">When it comes.</param>
/// <param name="Caller">Whose key it carries.</param>
/// <param name="Body">A chat in OpenAI's form.</param>
internal sealed record DemoRequest(DateTimeOffset At, string Caller, byte[] Body);
