using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Chat;

public sealed class EmbeddingsRequestScannerTests
{
    [Theory]
    [InlineData("\"a red fox\"", 1, 0)]
    [InlineData("[\"a\",\"b\",\"c\"]", 3, 0)]
    [InlineData("[15, 4, 100257]", 1, 3)]
    [InlineData("[[15,4],[7],[1,2,3]]", 3, 6)]
    public void TryScan_EachFormOfInput_IsCounted(string input, int inputs, int tokens)
    {
        using var request = ScannedRequest.OfEmbeddings($$"""{"model":"small","input":{{input}}}""");

        Assert.Equal(new EmbeddingsAsk(inputs, tokens, VectorEncoding.Float, null), request.Embeddings);
        Assert.Equal(("small", Capabilities.Embeddings), (request.Model, request.Needs));
    }

    [Fact]
    public void TryScan_WhatIsAskedFor_IsRead()
    {
        using var request = ScannedRequest.OfEmbeddings("""{"input":"a","encoding_format":"base64","dimensions":256,"user":"u1","model":"small","stream":false,"input_type":"query"}""");

        Assert.Equal(new EmbeddingsAsk(1, 0, VectorEncoding.Base64, 256), request.Embeddings);
        Assert.Equal("u1", request.SessionKey);
        Assert.False(request.IsStream);
    }

    [Fact]
    public void TryScan_Nulls_AreAsIfLeftOut()
    {
        using var request = ScannedRequest.OfEmbeddings("""{"model":"small","input":"a","encoding_format":null,"dimensions":null,"user":null,"stream":null,"models":null}""");

        Assert.Equal(new EmbeddingsAsk(1, 0, VectorEncoding.Float, null), request.Embeddings);
    }

    [Theory]
    [InlineData("""{"model":"small"}""", "input", "'input' is missing")]
    [InlineData("""{"model":"small","input":null}""", "input", "must be a text, an array of texts")]
    [InlineData("""{"model":"small","input":7}""", "input", "must be a text")]
    [InlineData("""{"model":"small","input":{"text":"a"}}""", "input", "must be a text")]
    [InlineData("""{"model":"small","input":[]}""", "input", "'input' is empty")]
    [InlineData("""{"model":"small","input":""}""", "input", "empty text")]
    [InlineData("""{"model":"small","input":["a",""]}""", "input[1]", "'input[1]' is empty")]
    [InlineData("""{"model":"small","input":[[1],[]]}""", "input[1]", "'input[1]' is empty")]
    [InlineData("""{"model":"small","input":["a",7]}""", "input[1]", "of another kind")]
    [InlineData("""{"model":"small","input":["a",null]}""", "input[1]", "of another kind")]
    [InlineData("""{"model":"small","input":[[1],"a"]}""", "input[1]", "of another kind")]
    [InlineData("""{"model":"small","input":[1,"a"]}""", "input", "Token ids are whole numbers")]
    [InlineData("""{"model":"small","input":[1.5]}""", "input", "Token ids are whole numbers")]
    [InlineData("""{"model":"small","input":[-1]}""", "input", "Token ids are whole numbers")]
    [InlineData("""{"model":"small","input":[[1,[2]]]}""", "input", "Token ids are whole numbers")]
    [InlineData("""{"model":"small","input":[["a"]]}""", "input", "Token ids are whole numbers")]
    [InlineData("""{"model":"small","input":[{"text":"a"}]}""", "input", "must be a text")]
    [InlineData("""{"model":"small","input":"a","input":"b"}""", "input", "sent twice")]
    [InlineData("""{"model":"small","inp\u0075t":"a","input":"b"}""", "input", "sent twice")]
    [InlineData("""{"model":"small","input":"a","encoding_format":"int8"}""", "encoding_format", "must be float or base64")]
    [InlineData("""{"model":"small","input":"a","encoding_format":1}""", "encoding_format", "must be float or base64")]
    [InlineData("""{"model":"small","input":"a","dimensions":0}""", "dimensions", "whole number of at least 1")]
    [InlineData("""{"model":"small","input":"a","dimensions":2.5}""", "dimensions", "whole number of at least 1")]
    [InlineData("""{"model":"small","input":"a","dimensions":"256"}""", "dimensions", "whole number of at least 1")]
    [InlineData("""{"model":"small","input":"a","dimensions":99999999999}""", "dimensions", "whole number of at least 1")]
    [InlineData("""{"model":"small","input":"a","stream":true}""", "stream", "Embeddings are not streamed")]
    [InlineData("""{"model":"small","input":"a","stream":"yes"}""", "stream", "must be left out")]
    [InlineData("""{"model":7,"input":"a"}""", "model", "must be a string")]
    [InlineData("""{"input":"a"}""", "model", "'model' is missing")]
    [InlineData("""{"input":"a","models":["small","large"]}""", "models", "cannot be compared")]
    [InlineData("""{"model":"small","input":"a","models":["large"]}""", "models", "cannot be compared")]
    [InlineData("""{"model":"small","input":"a","models":"large"}""", "models", "array of names")]
    [InlineData("[]", null, "must be a JSON object")]
    [InlineData("""{"model":"small","input":"a"} x""", null, "not valid JSON")]
    [InlineData("", null, "not valid JSON")]
    public void TryScan_WhatNoVendorCouldAnswer_IsRefusedByName(string body, string? param, string message)
    {
        var error = ScannedRequest.TryEmbeddings(Encoding.UTF8.GetBytes(body), out _)!;

        Assert.Equal((400, param), (error.Status, error.Param));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"input":"a","models":["small"]}""")]
    [InlineData("""{"model":"small","input":"a","models":["small","small"]}""")]
    public void TryScan_ModelsThatNameOne_AreThatModel(string body)
    {
        using var request = ScannedRequest.OfEmbeddings(body);

        Assert.Equal("small", request.Model);
        Assert.Empty(request.Models);
    }

    [Theory]
    [InlineData(2048, null)]
    [InlineData(2049, "more than 2048 inputs")]
    public void TryScan_ManyInputs_AreTakenUpToTheBound(int inputs, string? message)
    {
        var error = ScannedRequest.TryEmbeddings(JsonSerializer.SerializeToUtf8Bytes(new { model = "m", input = Enumerable.Repeat("text", inputs) }), out var request);

        using (request)
            Assert.True(message is null ? request!.Embeddings!.Inputs == inputs : error!.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void TryScan_ModelInPath_Wins()
    {
        var body = """{"model":"large","input":"a"}"""u8;
        var pooled = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(pooled);

        Assert.True(EmbeddingsRequestScanner.TryScan(pooled, body.Length, "small", out var request, out _));

        using (request)
            Assert.Equal("small", request.Model);
    }

    [Fact]
    public void TryScan_TenThousandMutatedBodies_AreReadAsTheyAreOrRefused()
    {
        var accepted = 0;
        for (var seed = 0; seed < 10_000; seed++)
        {
            var body = MutatedJson.EmbeddingsOfSeed(seed);
            var error = ScannedRequest.TryEmbeddings(body, out var request);
            using (request)
            {
                Assert.True(error is null ? IsAsScanned(body, request!) : IsToBlame(body, error), $"seed {seed}: {Encoding.UTF8.GetString(body)}: {error?.Message}");
                accepted += error is null ? 1 : 0;
            }
        }

        // As many as make the test worth its name.
        Assert.InRange(accepted, 1_500, 8_000);
    }

    private static bool IsAsScanned(byte[] body, ChatRequest request)
    {
        if (!Utf8.IsValid(body))
            return false;
        using var document = JsonDocument.Parse(body);
        var input = document.RootElement.GetProperty("input"u8);
        var isArray = input.ValueKind == JsonValueKind.Array;
        var inputs = isArray && input[0].ValueKind != JsonValueKind.Number ? input.GetArrayLength() : 1;
        var tokens = !isArray ? 0 : input.EnumerateArray().Sum(static one => one.ValueKind switch { JsonValueKind.Number => 1, JsonValueKind.Array => one.GetArrayLength(), _ => 0 });
        var patched = new ArrayBufferWriter<byte>();
        new ChatRequestPatch("vendor", ParameterAdaptation.Nothing).Apply(request).WriteTo(patched);
        return request.Embeddings is { } asked && (asked.Inputs, asked.Tokens) == (inputs, tokens) && (string)JsonNode.Parse(patched.WrittenSpan)!["model"]! == "vendor";
    }

    /// <summary>A body that a JSON reader takes is not refused as JSON.</summary>
    private static bool IsToBlame(byte[] body, RouterError error)
    {
        if (error.Status != 400)
            return false;
        if (!error.Message.Contains("not valid JSON", StringComparison.Ordinal))
            return true;
        try
        {
            using var document = JsonDocument.Parse(body);
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }
}
