using System.IO.Compression;
using System.Security.Cryptography;

namespace ServerlessRouter.Http.Dashboard;

/// <summary>A file of the dashboard in the forms it is sent in; compressed once, when it is first asked for.</summary>
internal sealed class DashboardFile
{
    private const int BrotliQuality = 9;
    private const int BrotliWindow = 22;
    private const int TagBytes = 12;

    private readonly DashboardForm _plain;
    private readonly Lazy<DashboardForm> _brotli;
    private readonly Lazy<DashboardForm> _gzip;

    public DashboardFile(string mediaType, byte[] content)
    {
        MediaType = mediaType;
        var tag = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, TagBytes));
        _plain = new DashboardForm(null, $"\"{tag}\"", content);
        _brotli = new Lazy<DashboardForm>(() => new DashboardForm("br", $"\"{tag}-br\"", Brotli(content)));
        _gzip = new Lazy<DashboardForm>(() => new DashboardForm("gzip", $"\"{tag}-gzip\"", Gzip(content)));
    }

    /// <summary>What stands in <c>Content-Type</c>.</summary>
    public string MediaType { get; }

    /// <summary>The shortest form that a client takes.</summary>
    public DashboardForm In(bool takesBrotli, bool takesGzip) => takesBrotli ? _brotli.Value : takesGzip ? _gzip.Value : _plain;

    private static byte[] Brotli(byte[] content)
    {
        var output = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
        return BrotliEncoder.TryCompress(content, output, out var written, BrotliQuality, BrotliWindow) ? output[..written] : throw new InvalidOperationException("A file of the dashboard cannot be compressed.");
    }

    private static byte[] Gzip(byte[] content)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.SmallestSize))
            gzip.Write(content);
        return output.ToArray();
    }
}

/// <summary>A file as it is sent.</summary>
/// <param name="Coding">Its <c>Content-Encoding</c>; null for none.</param>
/// <param name="Tag">Its <c>ETag</c>.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record DashboardForm(string? Coding, string Tag, ReadOnlyMemory<byte> Content);
