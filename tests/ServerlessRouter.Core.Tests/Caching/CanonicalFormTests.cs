using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessRouter.Caching;
using ServerlessRouter.Json;
using ServerlessRouter.Testing.Chance;
using Xunit;

namespace ServerlessRouter.Core.Tests.Caching;

/// <summary>Documents that say the same have the same form, and no others.</summary>
public sealed class CanonicalFormTests
{
    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{ "b" : 2,  "a" : 1 }""")]
    [InlineData("""{"a":{"x":[1,{"p":1,"q":2}],"y":2}}""", """{"a":{"y":2,"x":[1,{"q":2,"p":1}]}}""")]
    [InlineData("""{"a":1}""", """{"a":1.0}""")]
    [InlineData("""{"a":1}""", """{"a":10e-1}""")]
    [InlineData("""{"a":1}""", """{"a":0.1E+1}""")]
    [InlineData("""{"a":0}""", """{"a":-0.00e5}""")]
    [InlineData("""{"a":0.05}""", """{"a":5e-2}""")]
    [InlineData("""{"a":1200}""", """{"a":1.2e3}""")]
    [InlineData("""{"a":123456789012345678901234567890}""", """{"a":12345678901234567890123456789e1}""")]
    [InlineData("""{"a":"é/\" "}""", """{"a":"\u00e9\/\u0022\u0020"}""")]
    [InlineData("""{"a":"😀"}""", """{"a":"\ud83d\uDE00"}""")]
    [InlineData("""{"ab":1}""", """{"\u0061b":1}""")]
    public void Form_OfTheSame_IsTheSame(string left, string right) => Assert.Equal(HashOf(left), HashOf(right));

    [Theory]
    [InlineData("""{"a":1}""", """{"a":"1"}""")]
    [InlineData("""{"a":1}""", """{"a":1.0000000000000000000000000001}""")]
    [InlineData("""{"a":12345678901234567890}""", """{"a":12345678901234567891}""")]
    [InlineData("""{"a":1}""", """{"a":-1}""")]
    [InlineData("""{"a":1e400}""", """{"a":1e401}""")]
    [InlineData("""{"a":1e99999999999}""", """{"a":2e99999999999}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""")]
    [InlineData("""{"a":[1,[2]]}""", """{"a":[[1],2]}""")]
    [InlineData("""{"a":["ab","c"]}""", """{"a":["a","bc"]}""")]
    [InlineData("""{"a":null}""", """{}""")]
    [InlineData("""{"a":null}""", """{"a":false}""")]
    [InlineData("""{"a":{}}""", """{"a":[]}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":{},"b":1}""")]
    [InlineData("""{"a":"é"}""", """{"a":"e\u0301"}""")]
    [InlineData("""{"a":"\n"}""", """{"a":"\\n"}""")]
    [InlineData("""{"a":"A"}""", """{"a":"a"}""")]
    [InlineData("""{"a":" x"}""", """{"a":"x"}""")]
    public void Form_OfOthers_IsAnother(string left, string right) => Assert.NotEqual(HashOf(left), HashOf(right));

    /// <summary>Long texts stand as their hash, and what is in them counts to the last byte.</summary>
    [Theory, InlineData(4095), InlineData(4096), InlineData(4097), InlineData(100_000)]
    public void Form_OfLongTexts_DiffersInTheLastCharacter(int length)
    {
        var text = new string('x', length);

        Assert.NotEqual(HashOf($$"""{"a":"{{text}}1"}"""), HashOf($$"""{"a":"{{text}}2"}"""));
        Assert.Equal(HashOf($$"""{"a":"{{text}}\u0031"}"""), HashOf($$"""{"a":"{{text}}1"}"""));
    }

    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"x":[{"b":1,"a":2,"b":3}]}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    public void Form_MemberTwice_IsSaid(string json)
    {
        using var form = FormOf(json);

        Assert.True(form.HasDuplicate);
    }

    [Theory]
    [InlineData("""{"a":"\ud800"}""", true)]
    [InlineData("""{"a":"x\udc00\ud800"}""", true)]
    [InlineData("""{"a":"\ud83d\ude00"}""", false)]
    [InlineData("""{"a":"�\n"}""", false)]
    public void Form_HalfACharacter_IsSaid(string json, bool isHalf)
    {
        using var form = FormOf(json);

        Assert.Equal(isHalf, form.HasHalfCharacter);
    }

    /// <summary>Any document, its members shuffled, its texts escaped and its numbers written otherwise: the same form; one leaf changed: another.</summary>
    [Fact]
    public void Form_OfAnyDocument_FollowsWhatItSaysAndNothingElse()
    {
        var random = new SeededRandomSource(4711);
        for (var round = 0; round < 400; round++)
        {
            var document = new JsonObject { ["root"] = Any(4) };
            var form = HashOf(document.ToJsonString());

            Assert.Equal(form, HashOf(Written(document)));
            var changed = (JsonObject)document.DeepClone();
            changed["root"] = new JsonArray(changed["root"]!.DeepClone());
            Assert.NotEqual(form, HashOf(Written(changed)));
        }

        JsonNode Any(int depth) => (depth == 0 ? random.Next(3) : random.Next(5)) switch
        {
            0 => JsonValue.Create(random.Next(1_000_000) / 100m),
            1 => JsonValue.Create(new string((char)('a' + random.Next(26)), random.Next(8) == 0 ? 5000 : random.Next(5)) + "é\"\\"),
            2 => JsonValue.Create(random.Next(2) == 0),
            3 => new JsonArray([.. Enumerable.Range(0, random.Next(5)).Select(_ => Any(depth - 1))]),
            _ => new JsonObject(Enumerable.Range(0, random.Next(6)).Select(number => KeyValuePair.Create($"m{number}é", (JsonNode?)Any(depth - 1)))),
        };

        string Written(JsonNode node) => node switch
        {
            JsonObject members => $" {{ {string.Join(" , ", members.OrderBy(_ => random.Next(1000)).Select(member => $"{Text(member.Key)} :\t{Written(member.Value!)}"))}\n}}",
            JsonArray items => $"[ {string.Join(" ,\r\n", items.Select(item => Written(item!)))} ]",
            JsonValue value when value.GetValueKind() == JsonValueKind.String => Text(value.GetValue<string>()),
            JsonValue value when value.GetValueKind() == JsonValueKind.Number => $"{value.GetValue<decimal>() * 1000m:0.####}e-3",
            _ => node.ToJsonString(),
        };

        string Text(string text) => $"\"{string.Concat(text.Select(letter => letter is '"' or '\\' || random.Next(3) == 0 ? $"\\u{(int)letter:x4}" : letter.ToString()))}\"";
    }

    /// <summary>Deep and unsorted, where sorting would move everything at every level.</summary>
    [Fact]
    public void Form_OfAHostileDocument_TakesTimeInProportion()
    {
        var small = Nested(4_000);
        var large = Nested(400_000);
        HashOf(small);

        var started = Stopwatch.GetTimestamp();
        HashOf(large);

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5));

        static string Nested(int numbers)
        {
            const int Depth = 200;
            var inner = $"[{string.Join(',', Enumerable.Range(0, numbers))}]";
            return string.Concat(Enumerable.Repeat("{\"z\":1,\"a\":", Depth)) + inner + new string('}', Depth);
        }
    }

    private static CacheKey HashOf(string json)
    {
        using var form = FormOf(json);
        return form.Hash();
    }

    private static CanonicalForm FormOf(string json)
    {
        var form = new CanonicalForm();
        var reader = new JsonTokenReader(Encoding.UTF8.GetBytes(json), JsonTokenReader.MaxDepth);
        reader.Read();
        var members = form.BeginObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            form.AppendMember(ref reader);
        form.EndObject(members);
        return form;
    }
}
