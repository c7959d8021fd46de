using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ServerlessRouter.Providers.Upstream;
using ServerlessRouter.Testing.Diagnostics;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>Whether a text that arrives piece by piece is a whole document by now.</summary>
public sealed class DocumentScanTests
{
    private const int Mebibyte = 1024 * 1024;

    [Theory]
    [InlineData("{}", true)]
    [InlineData(" \r\n[{\"a\":\"}\"}]\n ", true)]
    [InlineData("{\"a\":\"\\\"}\"}", true)]
    [InlineData("{\"a\":\"\\\\\"}", true)]
    [InlineData("", false)]
    [InlineData("  ", false)]
    [InlineData("{\"a\":{}", false)]
    [InlineData("{\"a\":\"}", false)]
    [InlineData("{\"a\":\"\\\"}", false)]
    [InlineData("data: {}", false)]
    [InlineData("{} oops", false)]
    [InlineData("{\"choices\":[{\"delta\":{}}]}", false)]
    public void IsWhole_HoweverItArrives_IsTold(string text, bool isWhole)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var size = 1; size <= Math.Max(1, bytes.Length); size++)
            Assert.Equal(isWhole, IsWhole(bytes, [size]));
    }

    /// <summary>The same as a look at the whole text at once, wherever it is cut and asked.</summary>
    [Fact]
    public void IsWhole_AnyTextInAnyPieces_AsAtOnce()
    {
        var samples =
            from words in Gen.Elements("{", "}", "[", "]", "\"", "\\", " ", "\n", "a", "{}", "\"delta\"", "{\"a\":1}").ArrayOf()
            from sizes in Gen.Choose(1, 9).NonEmptyListOf()
            select (Text: Encoding.UTF8.GetBytes(string.Concat(words)), Sizes: sizes.ToArray());

        Prop.ForAll(samples.ToArbitrary(), static sample => Assert.Equal(
            BareJson.IsDocument(sample.Text) && sample.Text.AsSpan().IndexOf("\"delta\""u8) < 0, IsWhole(sample.Text, sample.Sizes))).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    /// <summary>Looking at everything again with each of the quarter of a million pieces would take hours.</summary>
    [Fact]
    public void IsWhole_ALongTextWhoseEveryPieceEndsAsADocumentDoes_LooksAtEachByteOnce()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"text\":\"a piece of many\"}     \n", 8 * Mebibyte / 32)));

        Assert.True(IsWhole(text, [32]));
        Assert.Equal(0, Allocated.Bytes(() => IsWhole(text.AsSpan(0, Mebibyte), 32)));
    }

    private static bool IsWhole(byte[] text, int[] sizes)
    {
        var scan = default(DocumentScan);
        var (read, isWhole) = (0, false);
        for (var piece = 0; read < text.Length; piece++)
        {
            var count = Math.Min(sizes[piece % sizes.Length], text.Length - read);
            scan.Came(text.AsSpan(read, count));
            read += count;
            isWhole = scan.IsWhole(text.AsSpan(0, read));
        }

        return isWhole;
    }

    private static void IsWhole(ReadOnlySpan<byte> text, int size)
    {
        var scan = default(DocumentScan);
        for (var read = size; read <= text.Length; read += size)
        {
            scan.Came(text[(read - size)..read]);
            scan.IsWhole(text[..read]);
        }
    }
}
