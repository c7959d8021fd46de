using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Checks;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Checks.Healing;

/// <summary>What models were reported to write where JSON was asked for, and what becomes of it.</summary>
public sealed class AnswerHealerTests
{
    [Theory]
    // OpenRouter's own five examples (openrouter.ai/docs/guides/features/plugins/response-healing).
    [InlineData("""{"name": "Alice", "age": 30""", """{"name":"Alice","age":30}""")]
    [InlineData("```json\n{\"name\": \"Bob\"}\n```", """{"name": "Bob"}""")]
    [InlineData("Here's the data you requested:\n{\"name\": \"Charlie\", \"age\": 25}", """{"name": "Charlie", "age": 25}""")]
    [InlineData("""{"name": "David", "age": 35,}""", """{"name":"David","age":35}""")]
    [InlineData("""{name: "Eve", age: 40}""", """{"name":"Eve","age":40}""")]
    // langgenius/dify#18927: a fence in spite of the prompt; OpenRouterTeam/typescript-sdk#204: one that healing left.
    [InlineData("```\n{\"a\":1}```", """{"a":1}""")]
    [InlineData("```json\n{\"some_key\": {\"factId\": \"1\",}}\n", """{"some_key":{"factId":"1"}}""")]
    [InlineData("```JSON {\"a\":1} ```\nHope this helps! [1] {ok}", """{"a":1}""")]
    // langgenius/dify#42451: brackets in the prose behind.
    [InlineData("```json\n{\"a\": 1}\n```\nSee [docs] for more.", """{"a": 1}""")]
    [InlineData("{\"action\": \"Final Answer\", \"action_input\": \"done\"}\n\nReferences: [1]", """{"action": "Final Answer", "action_input": "done"}""")]
    [InlineData("Result: {\"a\": 1}. Note [1].", """{"a": 1}""")]
    // langgenius/dify#41958, 567-labs/instructor#1837, langchain-ai/langchain#19646: backticks in texts and in prose.
    [InlineData("Here is `the` result: {\"a\": 1}", """{"a": 1}""")]
    [InlineData("```json\n{\"name\": \"```string value with a codeblock```\"}\n```", """{"name": "```string value with a codeblock```"}""")]
    [InlineData("{\"code\": \"use `print` function\",}", """{"code":"use `print` function"}""")]
    // browser-use/browser-use#4970, open-webui/open-webui#25986: thinking in front.
    [InlineData("<think>\nMaybe {\"a\": 0}?\n</think>\n\n{\"a\":1}", """{"a":1}""")]
    // giuseppe99barchetta/SuggestArr#266: text behind; the same object twice.
    [InlineData("{\"a\":1}\nLet me know if you need more.", """{"a":1}""")]
    [InlineData("{\"a\":1}\n{\"a\":1}", """{"a":1}""")]
    // langchain-ai/langchain#9460, #36763, langroid/langroid#569, josdejong/jsonrepair#101: control characters as they are.
    [InlineData("{\"code\": \"a = 1\n\tprint(a)\r\n\"}", """{"code":"a = 1\n\tprint(a)\r\n"}""")]
    [InlineData("{\"a\": \"\u0001\"}", """{"a":"\u0001"}""")]
    // langchain-ai/langchain#26655: escapes that JSON does not have.
    [InlineData("""{"a": "like galvatron\' or mac\_x and \d+"}""", """{"a":"like galvatron' or mac\\_x and \\d+"}""")]
    // edreisMD/plugnplai#57: Python's way to write it.
    [InlineData("""{'a': 'b "c"', 'ok': True, 'no': None, 'it': 'it's fine'}""", """{"a":"b \"c\"","ok":true,"no":null,"it":"it's fine"}""")]
    [InlineData("{\u201Ca\u201D: \u201Cb\u201D}", """{"a":"b"}""")]
    // lingodotdev/lingo.dev#2136, mangiucugna/json_repair#49, #94, MemberJunction/MJ#4137: quotes inside.
    [InlineData("""{"t": "She said "hi" and left"}""", """{"t":"She said \"hi\" and left"}""")]
    [InlineData("""{"notes": "Sent a message to the "dictator", waiting on response."}""", """{"notes":"Sent a message to the \"dictator\", waiting on response."}""")]
    [InlineData("""{"plot_point": "a"bcd"e"}""", """{"plot_point":"a\"bcd\"e"}""")]
    [InlineData("""{"prd": "vwMembers ||--o{ vwInvoices : "has invoices"", "n": 1}""", """{"prd":"vwMembers ||--o{ vwInvoices : \"has invoices\"","n":1}""")]
    // langchain-ai/langchain#12239: comments, and commas left out at the ends of lines.
    [InlineData("{\n  \"foo\": \"x\"  // a list\n  \"bar\": \"y\" /* a string */\n}", """{"foo":"x","bar":"y"}""")]
    [InlineData("""{"l": [{"a":1} {"a":2},]}""", """{"l":[{"a":1},{"a":2}]}""")]
    // langchain-ai/langchain#16458: one quote lost; #23297: a brace too many.
    [InlineData("""{name": "Henry", "age": 25}""", """{"name":"Henry","age":25}""")]
    [InlineData("{\n{\n \"task\": \"x\"\n}\n}", "{\n \"task\": \"x\"\n}")]
    [InlineData("""{"a":{"b":[1,2}}""", """{"a":{"b":[1,2]}}""")]
    [InlineData("""{"a":1}}""", """{"a":1}""")]
    // Numbers as other languages write them.
    [InlineData("""{"a": .5, "b": +2, "c": 3., "d": -.1e3, "e": NaN}""", """{"a":0.5,"b":2,"c":3.0,"d":-0.1e3,"e":null}""")]
    [InlineData("\uFEFF{\"a\":1}", """{"a":1}""")]
    [InlineData("""{"a": "b", "c": "d""", """{"a":"b","c":"d"}""")]
    [InlineData("""{"a": "b", "c":""", """{"a":"b"}""")]
    [InlineData("""{"a": "b", "c": tr""", """{"a":"b"}""")]
    public void Heal_ReportedAnswer_BecomesTheJsonThatWasMeant(string answer, string expected) => Assert.Equal(expected, Heal(answer));

    [Theory]
    [InlineData("")]
    [InlineData("I'm sorry, but I can't help with that.")]
    // Which of the two?
    [InlineData("Either {\"a\":1} or {\"a\":2}.")]
    // A part of what is broken is not the answer (MemberJunction/MJ#4137).
    [InlineData("""{"outer": oops, "inner": {"a":1}}""")]
    [InlineData("""[{"a": oops}, {"a": 1}]""")]
    [InlineData("{\"a\": \"```mermaid\\nx\\n```\" oops, \"b\": {\"c\": 1}}")]
    // Not an object.
    [InlineData("[1,2]")]
    [InlineData("[{\"a\":1},]")]
    // What is lost cannot be told.
    [InlineData("""{"a": 1,, "b": 2}""")]
    [InlineData("""{"a": 1,000}""")]
    [InlineData("""{"a": 01}""")]
    [InlineData("""{"a": 0x1F}""")]
    [InlineData("""{"a": one}""")]
    [InlineData("""{"a": , "b": 1}""")]
    [InlineData("""{"a": "b" "c": 1}""")]
    [InlineData("""{"a": "b, "c": 1}""")]
    [InlineData("{\"a\": \"b\n}")]
    [InlineData("""{"a": "He said "hi}""")]
    [InlineData("""{"a": ...}""")]
    [InlineData("""{"a" 1}""")]
    public void Heal_WhatCouldMeanTwoThings_StaysAsItIs(string answer) => Assert.Null(Heal(answer));

    [Theory]
    [InlineData("""{"name":"Ann","age":3}""", "{'name':'Ann','age':3}")]
    [InlineData("""{"name":"Ann","age":3}""", "Draft: {'name':'Ann'}. Final: {'name':'Ann','age':3}")]
    [InlineData(null, "{'name':'Ann'}")]
    [InlineData(null, "{'name':'Ann','age':'3'}")]
    [InlineData(null, "{'name':'Ann','age':3,'more':1}")]
    [InlineData(null, "{'name':'Ann'")]
    public void Heal_Schema_IsHeldTo(string? expected, string answer) => Assert.Equal(expected, Heal(answer, ChatBodies.WithSchema()));

    [Theory]
    [InlineData("""{"a": "b", "n": 12""", AnswerEnd.CutAtLength, false, null)]
    [InlineData("""{"a": "b", "n": 12""", AnswerEnd.CutAtLength, true, """{"a":"b"}""")]
    [InlineData("""{"a": ["b", "c""", AnswerEnd.CutAtLength, true, """{"a":["b","c"]}""")]
    [InlineData("""{"a": "b\""", AnswerEnd.CutAtLength, true, """{"a":"b"}""")]
    [InlineData("""{"a": "b\u00""", AnswerEnd.CutAtLength, true, """{"a":"b"}""")]
    [InlineData("""{"a": "b",}""", AnswerEnd.CutAtLength, false, """{"a":"b"}""")]
    [InlineData("""{"a": "b", "n": 12""", AnswerEnd.CutOtherwise, true, null)]
    public void Heal_CutAnswer_IsClosedOnlyAtItsLengthAndOnlyWhereTheCallerAsks(string answer, AnswerEnd end, bool wasAskedTo, string? expected) =>
        Assert.Equal(expected, Heal(answer, end: end, wasAskedTo: wasAskedTo));

    [Theory]
    [InlineData("""{"a":1}""")]
    [InlineData("[1]")]
    [InlineData("\"{\\\"a\\\":1}\"")]
    [InlineData(" null ")]
    public void Heal_ValidJson_IsNeverChanged(string answer)
    {
        Assert.Null(Heal(answer));
        Assert.Null(Heal(answer, ChatBodies.WithSchema()));
    }

    [Fact]
    public void Heal_NoJsonIsAskedFor_NothingIsDone() => Assert.Null(Heal("{'a':1}", ChatBodies.Plain()));

    [Fact]
    public void Heal_DeepNesting_IsBounded()
    {
        Assert.NotNull(Heal(Nested(64) + ","));
        Assert.Null(Heal(Nested(65) + ","));

        static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);
    }

    private static string? Heal(string answer, byte[]? request = null, AnswerEnd end = AnswerEnd.Whole, bool wasAskedTo = false)
    {
        using var scanned = ScannedRequest.Of(request ?? ChatBodies.With(ChatBodies.Plain(), "response_format", """{"type":"json_object"}"""));
        if (new AnswerHealer().Heal(scanned, Encoding.UTF8.GetBytes(answer), end, wasAskedTo) is not { } healed)
            return null;
        using var parsed = JsonDocument.Parse(healed);
        return Encoding.UTF8.GetString(healed.Span);
    }
}
