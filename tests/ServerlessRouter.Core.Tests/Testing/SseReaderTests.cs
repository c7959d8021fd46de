using System.Text;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Testing;

public class SseReaderTests
{
    [Fact]
    public async Task ReadAll_EventsCommentsAndSeveralLines_AreTakenApart()
    {
        var events = await ReadAsync(": keep-alive\n\nevent: ping\ndata: {}\n\r\ndata: a\r\ndata:b\nid: 7\n\ndata: [DONE]\n\n");

        Assert.Equal(
        [
            new SseEvent(Comment: "keep-alive"), new SseEvent("ping", "{}"), new SseEvent(Data: "a\nb", Id: "7"), new SseEvent(Data: "[DONE]"),
        ],
        events);
        Assert.True(events[^1].IsDone);
    }

    [Theory]
    [InlineData("data: a\n")]
    [InlineData("data: a")]
    [InlineData("data: a\n\n\n")]
    [InlineData("{\"error\":1}\n\n")]
    [InlineData("payload: a\n\n")]
    [InlineData("data: a\rdata: b\n\n")]
    [InlineData("data: a\n: comment\n\n")]
    public async Task ReadAll_AnythingSloppy_IsAFormatException(string text) =>
        await Assert.ThrowsAsync<FormatException>(() => ReadAsync(text));

    [Fact]
    public async Task ReadAll_TornCharacter_IsAFormatException()
    {
        await using var reader = new SseReader(new MemoryStream([.. "data: "u8, "ø"u8[0], .. "\n\n"u8]));

        await Assert.ThrowsAsync<FormatException>(() => reader.ReadAllAsync());
    }

    private static async Task<IReadOnlyList<SseEvent>> ReadAsync(string text)
    {
        await using var reader = new SseReader(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        return await reader.ReadAllAsync();
    }
}
