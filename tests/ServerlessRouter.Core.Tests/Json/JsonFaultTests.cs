using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using FsCheck;
using FsCheck.Fluent;
using ServerlessRouter.Core.Tests.Chat;
using ServerlessRouter.Json;
using Xunit;

namespace ServerlessRouter.Core.Tests.Json;

public sealed class JsonFaultTests
{
    private static readonly JsonReaderOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    [Theory]
    [InlineData("", 1, 1, "is empty")]
    [InlineData("{\"a\": 1, }", 1, 8, "comma stands behind the last entry")]
    [InlineData("[1, 2,\n]", 1, 6, "comma stands behind the last entry")]
    [InlineData("{\"a\": 1\n \"b\": 2}", 2, 2, "A comma is missing before this")]
    [InlineData("{\"a\": \"say \"hi\"\"}", 1, 13, "a double quote within the text before it is not written as \\\"")]
    [InlineData("{\"a\" 1}", 1, 6, "A ':' is missing behind the name")]
    [InlineData("{\"a\"}", 1, 5, "A ':' is missing behind the name")]
    [InlineData("{\"a\": }", 1, 7, "A value is missing before this")]
    [InlineData("[1,,2]", 1, 4, "A second comma follows the first")]
    [InlineData("{,\"a\": 1}", 1, 2, "A comma stands here with no entry before it")]
    [InlineData("[\n[1, 2}\n]", 2, 6, "The list that begins on line 2 is closed by '}'; write ']'")]
    [InlineData("{\"a\": {\"b\": 1]}", 1, 14, "The object that begins on line 1 is closed by ']'; write '}'")]
    [InlineData("[}", 1, 2, "The list that begins on line 1 is closed by '}'")]
    [InlineData("{]", 1, 2, "The object that begins on line 1 is closed by ']'")]
    [InlineData("[\"a\": 1]", 1, 5, "A ':' stands in a list")]
    [InlineData("{\n  \"a\": [1, 2\n", 3, 1, "The text ends here, but the list that begins on line 2 is not closed; add ']'")]
    [InlineData("{\n  \"a\": {\"b\": 1}", 2, 16, "The text ends here, but the object that begins on line 1 is not closed; add '}'")]
    [InlineData("{\"a\":", 1, 6, "The text ends here")]
    [InlineData("{\"a\": 12", 1, 9, "The text ends here")]
    [InlineData("{\"a\": tru", 1, 10, "The text ends here")]
    [InlineData("{\"a\"", 1, 5, "The text ends here")]
    [InlineData("{\"a\": 1,", 1, 9, "The text ends here")]
    [InlineData("{\"a\": \"unfinished}", 1, 7, "The text that begins here is not closed")]
    [InlineData("{} {}", 1, 4, "Something stands behind the end")]
    [InlineData("{a: 1}", 1, 2, "The name a must stand in double quotes")]
    [InlineData("{5, 6}", 1, 2, "A name in double quotes is expected here")]
    [InlineData("{'a': 1}", 1, 2, "not in single ones")]
    [InlineData("{\"a\": 'b'}", 1, 7, "not in single ones")]
    [InlineData("{\u201Ca\u201D: 1}", 1, 2, "not in typographic ones")]
    [InlineData("{\"a\": \u201Cb\u201D}", 1, 7, "not in typographic ones")]
    [InlineData("{\"äöü😀\": x}", 1, 11, "A text must stand in double quotes")]
    [InlineData("{\"a\":\u00A01}", 1, 6, "A blank that JSON does not know")]
    [InlineData("{\"a\": True}", 1, 7, "True is written as true")]
    [InlineData("{\"a\": no}", 1, 7, "False is written as false")]
    [InlineData("{\"a\": None}", 1, 7, "No value is written as null")]
    [InlineData("{\"a\": NaN}", 1, 7, "JSON has no NaN")]
    [InlineData("{\"a\": -Infinity}", 1, 7, "This is not a number")]
    [InlineData("{\"a\": hello}", 1, 7, "A text must stand in double quotes")]
    [InlineData("{\"a\": 01}", 1, 7, "no zeros before its first digit")]
    [InlineData("{\"a\": -01}", 1, 7, "no zeros before its first digit")]
    [InlineData("{\"a\": .5}", 1, 7, "write 0 before the point")]
    [InlineData("{\"a\": +5}", 1, 7, "no '+' before it")]
    [InlineData("{\"a\": 1.}", 1, 7, "This is not a number")]
    [InlineData("{\"a\": 1_000}", 1, 7, "This is not a number")]
    [InlineData("{\"a\": 2026-01-01}", 1, 7, "a text must stand in double quotes")]
    [InlineData("{\"a\": \"C:\\data\"}", 1, 10, "write \\\\ for a backslash")]
    [InlineData("{\"a\": \"\\u12g4\"}", 1, 8, "four hexadecimal digits")]
    [InlineData("{\"a\": \"one\ntwo\"}", 1, 11, "A line ends within a text; write \\n")]
    [InlineData("{\"a\": \"one\ttwo\"}", 1, 11, "A tab stands within a text; write \\t")]
    [InlineData("{\"a\": \"one\u0001two\"}", 1, 11, "write \\u0001 for it")]
    [InlineData("{\"a\": \"\\ud800\"}", 1, 7, "half of a character")]
    [InlineData("{ // why\n \"a\": 1}", 1, 3, "JSON has no comments")]
    [InlineData("{\"a\": 1} # why", 1, 10, "Something stands behind the end")]
    [InlineData("\uFEFF{}", 1, 1, "A blank that JSON does not know")]
    public void Find_StrictText_SaysWhatIsWrongAndWhere(string text, int line, int column, string message) => AssertFault(Find(text), line, column, message);

    [Theory]
    [InlineData("{ # why\n \"a\": 1}", 1, 3, "Comments begin with // here")]
    [InlineData("{ \"a\": 1 /* why }", 1, 10, "The comment that begins here does not end")]
    [InlineData("{ \"a\": 1, // why\n b: 2 }", 2, 2, "The name b must stand in double quotes")]
    [InlineData("{ /* one */ /* two */ \"a\" 1 }", 1, 27, "A ':' is missing")]
    [InlineData("// only why", 1, 12, "is empty")]
    [InlineData("{ \"a\": 1,, }", 1, 10, "A second comma")]
    public void Find_TextWithComments_SaysWhatIsWrongAndWhere(string text, int line, int column, string message) => AssertFault(Find(text, Lenient), line, column, message);

    [Theory]
    [InlineData("providers:\n  openai:\n    kind: openai\n", "YAML")]
    [InlineData("---\nmodel: auto\n", "YAML")]
    [InlineData("# my router\n\n\"providers\": {}\n", "YAML")]
    [InlineData("- one\n- two\n", "YAML")]
    [InlineData("[providers.openai]\nkind = \"openai\"\n", "TOML")]
    [InlineData("OPENAI_API_KEY=abc\n", ".env file")]
    [InlineData("model=auto&stream=true", "form data")]
    [InlineData("<!DOCTYPE html>\n<html>", "HTML")]
    [InlineData("<?xml version=\"1.0\"?>", "XML")]
    public void Find_AnotherFormat_NamesIt(string text, string format) => AssertFault(Find(text), 1, 1, $"This looks like ", format);

    [Fact]
    public void Find_Utf16_SaysHowToSave() => AssertFault(JsonFault.Find([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("{}")]), 1, 1, "save it as UTF-8");

    [Fact]
    public void Find_NotUtf8_SaysFromWhere() => AssertFault(JsonFault.Find([(byte)'{', (byte)'\n', (byte)'"', 0xC3, 0x28]), 2, 2, "not UTF-8 from here on");

    [Fact]
    public void Find_TooDeep_SaysHowDeep() =>
        AssertFault(JsonFault.Find(Encoding.UTF8.GetBytes(new string('[', 9) + new string(']', 9)), new JsonReaderOptions { MaxDepth = 8 }), 1, 9, "deeper than the 8 levels");

    [Theory]
    [InlineData("{\"a\": [1, -0.5e+3, true, null, \"\\u00e9\\n\"], \"b\": {}}")]
    [InlineData(" 12 ")]
    public void Find_Json_Null(string text) => Assert.Null(Find(text));

    [Fact]
    public void Find_CommentsAndTrailingCommasAllowed_Null() => Assert.Null(Find("// why\n{ \"a\": [1, 2,], /* b */ }", Lenient));

    [Fact]
    public void ToString_Fault_PlaceAndMessage() => Assert.Equal("line 1, column 6: A ':' is missing behind the name.", Find("{\"a\" 1}")!.ToString());

    [Fact]
    public void Find_AnyText_FaultExactlyWhereAReaderRefusesOne()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed =>
        {
            var text = MutatedJson.OfSeed(seed);
            var fault = JsonFault.Find(text);
            return (fault is null) == IsAccepted(text) && fault is null or { Line: > 0, Column: > 0, Message.Length: > 0 };
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    private static bool IsAccepted(byte[] text)
    {
        if (!Utf8.IsValid(text))
            return false;
        var reader = new Utf8JsonReader(text);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    reader.GetString();
            }

            return true;
        }
        catch (Exception refused) when (refused is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static JsonFault? Find(string text, JsonReaderOptions options = default) => JsonFault.Find(Encoding.UTF8.GetBytes(text), options);

    private static void AssertFault(JsonFault? fault, int line, int column, params string[] words)
    {
        Assert.NotNull(fault);
        Assert.All(words, word => Assert.Contains(word, fault.Message, StringComparison.Ordinal));
        Assert.Equal((line, column), (fault.Line, fault.Column));
    }
}
