using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessRouter.Chat;
using ServerlessRouter.Checks;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Checks.Healing;

/// <summary>What holds of healing whatever the answer says.</summary>
public sealed class AnswerHealerPropertyTests
{
    private const int Runs = 20_000;

    private static readonly string[] Texts = ["", "a", "it's", "\"quoted\"", "a, b: {c}", "```x```", "line\nbreak", "\\d+", "\u00e9\u4e2d\ud83d\ude00", "// no comment", "\u201cso\u201d", "]}", "null"];

    private static readonly string[] Noise = ["{", "}", "[", "]", ",", ":", "\"", "'", "\\", "`", "```", "\n", " ", "//", "/*", "*/", "-", "1", "e", "true", "None", "\u201c", "</think>", "\\u12", "\u0001", "a"];

    private readonly SeededRandomSource _random = new(20260901);

    private readonly ChatRequest _request = ScannedRequest.Of(ChatBodies.With(ChatBodies.Plain(), "response_format", """{"type":"json_object"}"""));

    [Fact]
    public void Heal_ValidJson_IsNeverChanged()
    {
        for (var run = 0; run < Runs; run++)
            Assert.Null(Heal(Value(0)!.ToJsonString(new JsonSerializerOptions { WriteIndented = _random.Next(2) == 0 })));
    }

    [Fact]
    public void Heal_AnythingElse_GivesAnObjectOrNothing()
    {
        var healed = 0;
        for (var run = 0; run < Runs; run++)
        {
            if (Heal(Broken()) is not { } json)
                continue;
            healed++;
            using var parsed = JsonDocument.Parse(json);
            Assert.Equal(JsonValueKind.Object, parsed.RootElement.ValueKind);
        }

        Assert.InRange(healed, Runs / 20, Runs);
    }

    /// <summary>Whatever stands around it, the value that comes out is the one that went in.</summary>
    [Fact]
    public void Heal_ValueInAFenceWithCommasTooMany_SaysTheSame()
    {
        for (var run = 0; run < Runs / 4; run++)
        {
            var value = new JsonObject { ["only"] = Value(0) };
            var indented = value.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
            var healed = Heal($"Sure, here it is [1]:\n\n```json\n{indented[..^1].TrimEnd()},\n}}\n```\nAnything else?");
            Assert.True(healed is not null && JsonNode.DeepEquals(value, JsonNode.Parse(healed)), indented);
        }
    }

    [Theory]
    [InlineData("[", 10)]
    [InlineData("{")]
    [InlineData("{\"a\":")]
    [InlineData("{\"a\":[")]
    [InlineData("\"")]
    [InlineData("\" ")]
    [InlineData("{\"a\": \" \" ")]
    [InlineData("{'a' /*")]
    [InlineData("```{")]
    [InlineData("{ ")]
    [InlineData("[1,")]
    [InlineData("[\"a\"")]
    [InlineData("{}")]
    [InlineData("\\")]
    [InlineData("\n")]
    public void Heal_MebibytesOfOnePiece_TakeLinearTime(string piece, int mebibytes = 1)
    {
        var text = new StringBuilder((mebibytes << 20) + 64);
        foreach (var opening in new[] { "", "{\"a\": \"", "[" })
        {
            text.Clear().Append(opening);
            while (text.Length < mebibytes << 20)
                text.Append(piece);
            var begun = Stopwatch.GetTimestamp();
            Heal(text.ToString());
            Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0, 5);
        }
    }

    private byte[]? Heal(string answer) => new AnswerHealer().Heal(_request, Encoding.UTF8.GetBytes(answer), AnswerEnd.Whole, wasAskedTo: true)?.ToArray();

    private string Broken()
    {
        var text = new StringBuilder(new JsonObject { ["a"] = Value(0) }.ToJsonString());
        for (var change = _random.Next(4); change >= 0; change--)
        {
            var place = _random.Next(text.Length);
            if (_random.Next(3) == 0)
                text.Remove(place, Math.Min(text.Length - place, 1 + _random.Next(3)));
            else
                text.Insert(place, Noise[_random.Next(Noise.Length)]);
            if (text.Length == 0)
                break;
        }

        return text.ToString();
    }

    private JsonNode? Value(int depth) => _random.Next(depth > 4 ? 4 : 7) switch
    {
        0 => JsonValue.Create(Texts[_random.Next(Texts.Length)]),
        1 => JsonValue.Create(_random.NextDouble() * 1e6),
        2 => JsonValue.Create(_random.Next(2) == 0),
        3 => depth == 0 ? new JsonArray() : null,
        4 => new JsonArray([.. Enumerable.Range(0, _random.Next(4)).Select(_ => Value(depth + 1))]),
        _ => new JsonObject(Enumerable.Range(0, _random.Next(4)).Select(place => KeyValuePair.Create($"{Texts[_random.Next(Texts.Length)]}{place}", Value(depth + 1)))),
    };
}
