using System.Buffers;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Doors.Responses;
using ServerlessRouter.Testing.Chance;
using Xunit;
using static ServerlessRouter.Core.Tests.Doors.Responses.DoorScene;

namespace ServerlessRouter.Core.Tests.Doors.Responses;

/// <summary>Broken and hostile input: refused or read, never thrown at.</summary>
public sealed class ResponsesFuzzTests
{
    private const int Rounds = 10_000;
    private const int StreamRounds = 2_000;

    private static readonly byte[] Body = Encoding.UTF8.GetBytes(
        """
        {"model":"auto","instructions":"x","input":[{"role":"user","content":[{"type":"input_text","text":"a\u0041"},{"type":"input_image","image_url":"data:,x","detail":"low"},{"type":"input_file","file_id":"f"}]},
         {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"h"}],"encrypted_content":"router:text:f:s"},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"b"}]},
         {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":[{"type":"input_text","text":"o"}]},
         {"type":"custom_tool_call","call_id":"d","name":"g","input":"i"},{"type":"custom_tool_call_output","call_id":"d","output":"p"}],
         "tools":[{"type":"function","name":"f","parameters":{}},{"type":"custom","name":"g","format":{"type":"grammar","syntax":"lark"}},{"type":"namespace","name":"n","tools":[{"type":"function","name":"m"}]}],
         "tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]},"reasoning":{"effort":"low"},"text":{"format":{"type":"json_schema","name":"s","schema":{}}},"include":[],"stream":true}
        """);

    private static readonly string[] Chunks =
    [
        Delta("""{"role":"assistant","content":"","reasoning_content":"h","reasoning_details":[{"type":"reasoning.text","text":"h","signature":"s","format":"f","index":0}]}"""),
        Delta("""{"content":"a\ud83d\ude00","refusal":"r","annotations":[{"type":"url_citation","url_citation":{"url":"u"}}],"images":[{"image_url":{"url":"data:x,AA"}}]}"""),
        Delta("""{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"g","arguments":"{\"input\":\"x\"}"}},{"index":1,"id":"d","type":"custom","custom":{"name":"e","input":"i"}}]}"""),
        Delta("{}", "tool_calls"), UsageChunk("""{"prompt_tokens":1,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1},"cost_details":{"upstream_inference_prompt_cost":1}}"""),
    ];

    [Fact]
    public void Read_MutatedBodies_AreReadOrRefused()
    {
        var random = new SeededRandomSource(20261130);
        for (var round = 0; round < Rounds; round++)
        {
            var body = Mutated(Body, random);
            var (chat, error) = Read(body);
            if (error is not null)
            {
                Assert.Equal(400, error.Status);
                continue;
            }

            using var document = JsonDocument.Parse(chat, new JsonDocumentOptions { MaxDepth = ChatRequestScanner.MaxDepth });
            Assert.Equal(JsonValueKind.Array, document.RootElement.GetProperty("messages").ValueKind);
        }
    }

    [Fact]
    public void Take_MutatedChunks_AreToldOrPassedOver()
    {
        var random = new SeededRandomSource(20261130);
        for (var round = 0; round < StreamRounds; round++)
        {
            var output = new ArrayBufferWriter<byte>();
            using var stream = ResponsesDoor.Instance.OpenStream(Terms(Encoding.UTF8.GetString(Body)));
            foreach (var chunk in Chunks)
                stream.Take((byte[])[.. "data: "u8, .. random.Next(3) == 0 ? Mutated(Encoding.UTF8.GetBytes(chunk), random) : Encoding.UTF8.GetBytes(chunk), .. "\n\n"u8], output);
            stream.End(output);
            Assert.EndsWith("}\n\n", Encoding.UTF8.GetString(output.WrittenSpan[^16..]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Take_StreamCutAnywhere_EndsAsAWholeResponseOfWhatCame()
    {
        for (var count = 0; count <= Chunks.Length; count++)
        {
            Assert.Equal("response.completed", Stream(Chunks.Take(count)).Types[^1]);
            Assert.Equal("response.failed", Stream([.. Chunks.Take(count), """{"error":{"message":"m","code":"upstream_error"}}"""]).Types[^1]);
        }
    }

    [Theory]
    [InlineData("""{"model":"a","input":"\ud800"}""")]
    [InlineData("""{"model":"a","input":[{"type":"\ud800"}]}""")]
    [InlineData("""{"\ud800":1,"model":"a","input":"b"}""")]
    [InlineData("""{"model":"a","input":[{"type":"function_call_output","call_id":"\ud800","output":""}]}""")]
    [InlineData("""{"model":"a","input":"b","tools":[{"type":"namespace","name":"\udc00","tools":[{"type":"function","name":"f"}]}]}""")]
    public void Read_HalvesOfCharacters_AreNoFaultOfTheRouters(string body) => Assert.True(Read(body).Error is null or { Status: 400 });

    [Fact]
    public void Read_DeepNesting_IsRefused() => Assert.Equal(400, Refusal($$"""{"model":"a","input":"b","x":{{new string('[', 300)}}{{new string(']', 300)}}}""").Status);

    private static byte[] Mutated(byte[] whole, SeededRandomSource random)
    {
        var body = (byte[])whole.Clone();
        for (var change = 1 + random.Next(3); change > 0; change--)
        {
            var place = random.Next(body.Length);
            switch (random.Next(5))
            {
                case 0:
                    body[place] = (byte)random.Next(256);
                    break;
                case 1:
                    body[place] = (byte)"{}[]\",:\\019tfn"[random.Next(14)];
                    break;
                case 2:
                    body = body[..place];
                    break;
                case 3:
                    body = [.. body[..place], .. body[(place + random.Next(body.Length - place))..]];
                    break;
                default:
                    body = [.. body[..place], .. "null"u8, .. body[Math.Min(body.Length, place + 4)..]];
                    break;
            }

            if (body.Length == 0)
                return body;
        }

        return body;
    }
}
