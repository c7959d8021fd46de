using System.Text;
using ServerlessRouter.Jobs;
using ServerlessRouter.LocalHost.Jobs;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Jobs;

public sealed class FolderBlobsTests : IDisposable
{
    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("router-blobs-");
    private readonly FolderBlobs _blobs;

    public FolderBlobsTests()
    {
        Directory.CreateDirectory(At("blobs"));
        _blobs = new FolderBlobs(At("blobs"));
    }

    public void Dispose() => _place.Delete(recursive: true);

    [Fact]
    public async Task Write_Twice_IsTheSecondWholeAndAlone()
    {
        await WriteAsync("out/night.jsonl", "a long first content");
        await WriteAsync("out/night.jsonl", "second");

        using var reader = new StreamReader((await _blobs.OpenAsync("out/night.jsonl", default))!);
        Assert.Equal("second", await reader.ReadToEndAsync());
        Assert.Equal([At("blobs/out/night.jsonl")], Files());
    }

    [Fact]
    public async Task Write_ContentBreaksOffMidway_LeavesWhatWasThereAndNothingElse()
    {
        await WriteAsync("night.jsonl", "the night before");

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _blobs.WriteAsync("night.jsonl", BreakingOff(), default));

        Assert.Equal([At("blobs/night.jsonl")], Files());
        Assert.Equal("the night before", await File.ReadAllTextAsync(At("blobs/night.jsonl")));
    }

    [Fact]
    public async Task AnyMember_FolderIsNotThere_IsAwayAndNotMadeAnew()
    {
        Directory.Delete(At("blobs"));

        await Assert.ThrowsAsync<BlobsUnavailableException>(() => WriteAsync("night.jsonl", "x"));
        await Assert.ThrowsAsync<BlobsUnavailableException>(async () => await _blobs.OpenAsync("night.jsonl", default));

        Assert.False(Directory.Exists(At("blobs")));
    }

    [Fact]
    public async Task Write_AnotherIsWritingIt_CallsForAnotherTryAndLeavesTheOther()
    {
        await using (File.Open(At("blobs/night.jsonl.part"), FileMode.Create, FileAccess.Write, FileShare.None))
            await Assert.ThrowsAsync<BlobsUnavailableException>(() => WriteAsync("night.jsonl", "x"));

        Assert.Equal([At("blobs/night.jsonl.part")], Files());
        // What a process left that was killed in the midst of it is no obstacle.
        await WriteAsync("night.jsonl", "x");
        Assert.Equal([At("blobs/night.jsonl")], Files());
    }

    [Fact]
    public async Task Write_NameIsTooLongForAFile_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<BlobRefusedException>(() => WriteAsync(new string('n', 300), "x"));

        // Callers read it, and need not know where the router keeps things.
        Assert.DoesNotContain(_place.FullName, refused.Message, StringComparison.Ordinal);
        Assert.Empty(Files());
    }

    [Theory]
    [InlineData("taken/night.jsonl", "'taken' is a file")]
    [InlineData("folder", "'folder' is a folder")]
    public async Task Write_SomethingElseIsInItsPlace_IsRefusedAndSaysWhat(string name, string reason)
    {
        await File.WriteAllTextAsync(At("blobs/taken"), "mine");
        Directory.CreateDirectory(At("blobs/folder"));

        var refused = await Assert.ThrowsAsync<BlobRefusedException>(() => WriteAsync(name, "x"));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(At("blobs/taken")));
    }

    [Theory]
    [InlineData("door", "door/secret")]
    [InlineData("secret", "secret")]
    [InlineData("new.part", "new")]
    public async Task AnyMember_LinkOutOfTheFolder_IsNotFollowed(string link, string name)
    {
        await File.WriteAllTextAsync(At("secret"), "keep out");
        if (link == "door")
            Directory.CreateSymbolicLink(At("blobs/door"), _place.FullName);
        else
            File.CreateSymbolicLink(At($"blobs/{link}"), At("secret"));

        Assert.Null(await _blobs.OpenAsync(name, default));
        await Assert.ThrowsAsync<BlobRefusedException>(() => WriteAsync(name, "x"));

        Assert.Equal("keep out", await File.ReadAllTextAsync(At("secret")));
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("a/../../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("a\\..\\b")]
    [InlineData("C:/secret")]
    [InlineData("")]
    [InlineData("a//b")]
    public async Task AnyMember_NameThatLeadsElsewhere_IsABugOfTheCaller(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await _blobs.OpenAsync(name, default));
        await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(name, "x"));
    }

    private string At(string name) => Path.Combine([_place.FullName, .. name.Split('/')]);

    private string[] Files() => Directory.GetFiles(_place.FullName, "*", SearchOption.AllDirectories);

    private async Task WriteAsync(string name, string text) => await _blobs.WriteAsync(name, PiecesOf(text), default);

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesOf(string text)
    {
        await Task.Yield();
        yield return Encoding.UTF8.GetBytes(text);
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> BreakingOff()
    {
        await Task.Yield();
        yield return "half"u8.ToArray();
        throw new InvalidOperationException("broken off");
    }
}
