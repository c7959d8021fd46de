using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ServerlessRouter.Json;
using Xunit;

namespace ServerlessRouter.Core.Tests.Chat;

/// <summary>A <see cref="Utf8JsonReader"/> is the measure: the same tokens at the same places, the same exceptions.</summary>
public sealed class JsonTokenReaderTests
{
    private const int SomeDepth = 6;

    [Fact]
    public void Read_AnyBytes_AcceptsAndRefusesWhatUtf8JsonReaderDoes()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed =>
        {
            var json = MutatedJson.OfSeed(seed);
            return Tokens(json, JsonTokenReader.MaxDepth) == ExpectedTokens(json, JsonTokenReader.MaxDepth) && Tokens(json, SomeDepth) == ExpectedTokens(json, SomeDepth);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("5")]
    [InlineData("-")]
    [InlineData("01")]
    [InlineData("\"a\" ")]
    [InlineData("\"a\",")]
    [InlineData("{}{}")]
    [InlineData("{\"a\":5")]
    [InlineData("{\"a\":5/")]
    [InlineData("[1 2]")]
    [InlineData("[1,]")]
    [InlineData("[1}")]
    [InlineData("{\"a\" \"b\"}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{,}")]
    [InlineData("[trueish]")]
    [InlineData("[/*c*/]")]
    public void Read_DocumentAtTheEdge_IsAsUtf8JsonReaderHasIt(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        Assert.Equal(ExpectedTokens(bytes, SomeDepth), Tokens(bytes, SomeDepth));
    }

    [Fact]
    public void Read_EscapeAtAnyPlaceOfABlock_IsChecked()
    {
        foreach (var escape in (string[])["\\n", "\\\"", "\\\\", "\\u00e9", "\\u00g9", "\\q", "\\", "\u001f", "\\u12"])
        {
            for (var before = 0; before < 70; before++)
            {
                foreach (var after in (int[])[0, 1, 40])
                {
                    var json = Encoding.UTF8.GetBytes($"[\"{new string('x', before)}{escape}{new string('y', after)}\"]");

                    Assert.Equal(ExpectedTokens(json, SomeDepth), Tokens(json, SomeDepth));
                }
            }
        }
    }

    [Fact]
    public void Skip_AnyValue_EndsWhereUtf8JsonReaderDoes()
    {
        var json = Encoding.UTF8.GetBytes("""{"a":[1,{"b":[]}],"c":{"d":{}},"e":"x","f":2.5}""");
        var reader = new JsonTokenReader(json);
        var expected = new Utf8JsonReader(json);
        reader.Read();
        expected.Read();
        while (expected.Read() && expected.TokenType == JsonTokenType.PropertyName)
        {
            expected.Skip();
            reader.Read();
            reader.Skip();
            Assert.Equal((expected.TokenType, expected.BytesConsumed, expected.CurrentDepth), (reader.TokenType, reader.BytesConsumed, reader.CurrentDepth));
        }
    }

    [Theory]
    [InlineData("m\\u006fdel")]
    [InlineData("\\u006d\\u006f\\u0064\\u0065\\u006c")]
    [InlineData("model\\u0000")]
    [InlineData("mode\\n")]
    [InlineData("\\ud83d\\ude00")]
    [InlineData("\\/")]
    [InlineData("x\\n")]
    public void ValueTextEquals_Escapes_IsAsUtf8JsonReaderHasIt(string written)
    {
        var json = Encoding.UTF8.GetBytes($"\"{written}\"");
        var reader = new JsonTokenReader(json);
        var expected = new Utf8JsonReader(json);
        reader.Read();
        expected.Read();

        foreach (var text in (string[])["model", "mode\n", "model\0", "\U0001F600", "/", "", "x", "m", written])
            Assert.Equal(expected.ValueTextEquals(text), reader.ValueTextEquals(Encoding.UTF8.GetBytes(text)));
        Assert.True(reader.ValueTextEquals(Encoding.UTF8.GetBytes(expected.GetString()!)));
    }

    private static string Tokens(byte[] json, int maxDepth)
    {
        var told = new StringBuilder();
        var reader = new JsonTokenReader(json, maxDepth);
        try
        {
            while (reader.Read())
            {
                told.Append(Token(reader.TokenType, (reader.TokenStartIndex, reader.BytesConsumed, reader.CurrentDepth), reader.ValueSpan, reader.ValueIsEscaped));
                told.Append(Said(ref reader));
            }
        }
        catch (JsonException problem)
        {
            told.Append(problem.Message);
        }

        return told.ToString();
    }

    private static string ExpectedTokens(byte[] json, int maxDepth)
    {
        var told = new StringBuilder();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
        try
        {
            while (reader.Read())
            {
                told.Append(Token(reader.TokenType, (reader.TokenStartIndex, reader.BytesConsumed, reader.CurrentDepth), reader.ValueSpan, reader.ValueIsEscaped));
                told.Append(Said(ref reader));
            }
        }
        catch (JsonException problem)
        {
            told.Append(problem.Message);
        }

        return told.ToString();
    }

    private static string Token(JsonTokenType type, (long Start, long End, int Depth) place, ReadOnlySpan<byte> value, bool isEscaped) =>
        $"\n{type} {place} {Convert.ToHexString(value)} {(isEscaped ? "escaped" : "")} ";

    private static string Said(ref JsonTokenReader reader)
    {
        try
        {
            return reader.TokenType switch
            {
                JsonTokenType.Number => $"{reader.GetDouble()} {(reader.TryGetInt32(out var whole) ? whole : null)}",
                JsonTokenType.String or JsonTokenType.PropertyName => $"{reader.GetString()} {reader.ValueTextEquals("a"u8)} {reader.ValueTextEquals("é"u8)}",
                _ => "",
            };
        }
        catch (InvalidOperationException problem)
        {
            return problem.Message;
        }
    }

    private static string Said(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.TokenType switch
            {
                JsonTokenType.Number => $"{reader.GetDouble()} {(reader.TryGetInt32(out var whole) ? whole : null)}",
                JsonTokenType.String or JsonTokenType.PropertyName => $"{reader.GetString()} {reader.ValueTextEquals("a"u8)} {reader.ValueTextEquals("é"u8)}",
                _ => "",
            };
        }
        catch (InvalidOperationException problem)
        {
            return problem.Message;
        }
    }
}
