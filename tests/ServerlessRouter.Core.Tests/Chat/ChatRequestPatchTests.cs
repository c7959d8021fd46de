using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Chat;

public sealed class ChatRequestPatchTests
{
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";

    [Theory]
    [InlineData("""{"model":"a",M}""", """{"model":"vendor",M}""")]
    [InlineData("""{ "model" : "a" , M , "n":1e0 }""", """{ "model" : "vendor" , M , "n":1e0 }""")]
    [InlineData("""{"models":["a"],M}""", """{M,"model":"vendor"}""")]
    [InlineData("""{"model":null,"models":["a"],M}""", """{"model":"vendor",M}""")]
    [InlineData("""{"provider":{},"model":"a",M,"route":"fallback","x":1,"transforms":[],"session_id":"s"}""", """{"model":"vendor",M,"x":1}""")]
    [InlineData("""{"model":"a",M,"usage":{"include":true}}""", """{"model":"vendor",M}""")]
    [InlineData("""{"model":"a",M,"usage":{"other":true}}""", """{"model":"vendor",M,"usage":{"other":true}}""")]
    [InlineData("""{"mod\u0065l":"a",M,"prov\u0069der":{}}""", """{"mod\u0065l":"vendor",M}""")]
    [InlineData("""{"model":"a",M,"stream_options":{"include_usage":false}}""", """{"model":"vendor",M,"stream_options":{"include_usage":false}}""")]
    public void Apply_RoutingFields_AreTakenOut(string body, string expected) => AssertPatched(body, expected);

    [Theory]
    [InlineData("""{"model":"a",M,"stream":true}""", """{"model":"vendor",M,"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"model":"a",M,"stream":true,"stream_options":{"include_usage":true}}""", """{"model":"vendor",M,"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"model":"a",M,"stream":true,"stream_options":{"x":1,"include_usage": false,"y":2}}""", """{"model":"vendor",M,"stream":true,"stream_options":{"x":1,"include_usage": true,"y":2}}""")]
    [InlineData("""{"model":"a",M,"stream":true,"stream_options":{ "x":1 }}""", """{"model":"vendor",M,"stream":true,"stream_options":{"include_usage":true, "x":1 }}""")]
    [InlineData("""{"model":"a",M,"stream":true,"stream_options":{ }}""", """{"model":"vendor",M,"stream":true,"stream_options":{"include_usage":true }}""")]
    [InlineData("""{"stream_options":null,"model":"a",M,"stream":true}""", """{"stream_options":{"include_usage":true},"model":"vendor",M,"stream":true}""")]
    public void Apply_Stream_AlwaysAsksForUsage(string body, string expected) => AssertPatched(body, expected);

    [Theory]
    [InlineData("""{"model":"a",M,"max_tokens":5}""", """{"model":"vendor",M,"max_completion_tokens":5,"top_k":4,"temperature":1}""")]
    [InlineData("""{"model":"a","max_tokens":5,M,"max_completion_tokens":900}""", """{"model":"vendor",M,"max_completion_tokens":100,"top_k":4,"temperature":1}""")]
    [InlineData("""{"model":"a",M,"max_tokens":101,"seed":1,"top_k":9}""", """{"model":"vendor",M,"max_completion_tokens":100,"top_k":9,"temperature":1}""")]
    [InlineData("""{"model":"a",M,"temperature":0.3}""", """{"model":"vendor",M,"top_k":4,"temperature":1}""")]
    [InlineData("""{"model":"a",M,"stream":true}""", """{"model":"vendor",M,"stream":true,"top_k":4,"temperature":1}""")]
    public void Apply_Adaptation_RenamesDropsCapsAndAdds(string body, string expected) => AssertPatched(body, expected, new ParameterAdaptation(
        new Dictionary<string, string> { ["max_tokens"] = "max_completion_tokens" }.ToFrozenDictionary(),
        new[] { "seed", "temperature", "stream_options" }.ToFrozenSet(),
        [new("top_k", "4"u8.ToArray()), new("temperature", "1"u8.ToArray())],
        new Dictionary<string, double> { ["max_tokens"] = 100 }.ToFrozenDictionary()));

    [Fact]
    public void Apply_AnyBody_ChangesOnlyWhatIsMeantTo()
    {
        Prop.ForAll(Bodies().ToArbitrary(), body =>
        {
            var original = JsonNode.Parse(body)!.AsObject();
            using var request = ScannedRequest.Of(body);
            var patchedText = Patch(request, ParameterAdaptation.Nothing);
            var patched = JsonNode.Parse(patchedText)!.AsObject();

            var isSame = (string?)patched["model"] == "vendor";
            foreach (var member in request.Members)
            {
                var name = JsonSerializer.Deserialize<string>($"\"{Encoding.UTF8.GetString(member.Name.In(request.Bytes))}\"")!;
                var whole = Encoding.UTF8.GetString(member.Whole.In(request.Bytes));
                isSame &= name switch
                {
                    "model" or "stream_options" => patched.ContainsKey(name),
                    "models" or "provider" or "route" or "transforms" or "session_id" => !patched.ContainsKey(name),
                    _ => patchedText.Contains(whole, StringComparison.Ordinal) && JsonNode.DeepEquals(original[name], patched[name]),
                };
            }

            var wantsUsage = (bool?)original["stream"] == true;
            isSame &= !wantsUsage || (bool?)patched["stream_options"]!["include_usage"] == true;
            return isSame && patched.All(member => original.ContainsKey(member.Key) || member.Key == "model" || (wantsUsage && member.Key == "stream_options"));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task CopyTo_Content_HasTheLengthItPromised()
    {
        using var request = ScannedRequest.Of(ChatBodies.Streamed());
        using var body = new ChatRequestPatch("vendor", ParameterAdaptation.Nothing).Apply(request);

        var sent = await body.ReadAsByteArrayAsync();

        Assert.Equal(body.Headers.ContentLength, sent.Length);
        Assert.Equal(Patch(request, ParameterAdaptation.Nothing), Encoding.UTF8.GetString(sent));
    }

    /// <summary>Members in any order, spaced and escaped in any way, with values of every type.</summary>
    private static Gen<string> Bodies()
    {
        var value = Gen.OneOf(
            Gen.Elements("1", "-0.50e+3", "true", "null", "[ ]", "{\"a\" :[1,{\"b\":\"}\"}]}", "\"\\u00e9 \\\" 世界\""),
            ArbMap.Default.ArbFor<NonNull<string>>().Generator.Select(text => JsonSerializer.Serialize(text.Item)));
        var space = Gen.Elements("", " ", "\n\t");
        var optional = new[]
        {
            Gen.Constant("\"models\":[\"b\"]"), Gen.Constant("\"provider\" : {\"sort\":\"price\"}"), Gen.Constant("\"route\":\"fallback\""),
            Gen.Constant("\"session_id\":\"s\""), Gen.Constant("\"stream\":true"), Gen.Constant("\"transforms\":[]"),
            Gen.Elements("{}", "{\"include_usage\":false}", "{\"x\":{\"include_usage\":1}}", "null").Select(options => $"\"stream_options\":{options}"),
            value.Select(raw => $"\"x_one\" : {raw}"), value.Select(raw => $"\"x \\u00e9\":{raw}"), value.Select(raw => $"\"metadata\":{raw}"),
        };
        return
            from members in Gen.SubListOf(optional.Index().Select(entry => entry.Index).ToArray())
            from texts in members.Select(index => optional[index]).Aggregate(
                Gen.Constant(new List<string> { "\"model\":\"a\"", Messages }), (all, next) => all.SelectMany(list => next.Select(text => new List<string>(list) { text })))
            from shuffled in Gen.Shuffle(texts.ToArray())
            from before in space
            from after in space
            select $"{{{before}{string.Join($"{after},{before}", shuffled)}{after}}}";
    }

    private static void AssertPatched(string body, string expected, ParameterAdaptation? adaptation = null)
    {
        using var request = ScannedRequest.Of(body.Replace("M", Messages, StringComparison.Ordinal));

        Assert.Equal(expected.Replace("M", Messages, StringComparison.Ordinal), Patch(request, adaptation ?? ParameterAdaptation.Nothing));
    }

    private static string Patch(ChatRequest request, ParameterAdaptation adaptation)
    {
        var output = new ArrayBufferWriter<byte>();
        using var body = new ChatRequestPatch("vendor", adaptation).Apply(request);
        body.WriteTo(output);
        Assert.Equal(body.Length, output.WrittenCount);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
