using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Bodies;

/// <summary>How a body is compressed: the content codings of RFC 9110, 8.4.1.</summary>
internal sealed class ContentCoding
{
    /// <summary>What <c>Accept-Encoding</c> says of requests.</summary>
    public const string Taken = "gzip, br, deflate";

    private const string Identity = "identity";

    private static readonly ContentCoding Gzip = new("gzip", static packed => new(new GZipStream(packed.AsStream(), CompressionMode.Decompress)));
    private static readonly ContentCoding Brotli = new("br", static packed => new(new BrotliStream(packed.AsStream(), CompressionMode.Decompress)));
    private static readonly ContentCoding Deflate = new("deflate", OpenDeflateAsync);

    private readonly Func<PipeReader, ValueTask<Stream>> _open;

    private ContentCoding(string name, Func<PipeReader, ValueTask<Stream>> open) => (Name, _open) = (name, open);

    /// <summary>As <c>Content-Encoding</c> names it.</summary>
    public string Name { get; }

    /// <summary>Null and the coding, null for a body that is not compressed; or why the body cannot be read.</summary>
    public static RouterError? Read(StringValues header, out ContentCoding? coding)
    {
        coding = null;
        if (header.Count == 0)
            return null;
        foreach (var name in header.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (name.Equals(Identity, StringComparison.OrdinalIgnoreCase))
                continue;
            if (coding is not null)
                return NotTaken("names several codings");
            if ((coding = Find(name)) is null)
                return NotTaken($"is '{(name.Length <= 32 ? name : name[..32])}'");
        }

        return null;
    }

    /// <summary>
    /// The body as it was before it was compressed. Reading it throws where it is broken (<see cref="IsBroken"/>), and where it is cut short in a program that sets
    /// <c>System.IO.Compression.UseStrictValidation</c>, as the router's hosts do; in others a cut body is one that ends early.
    /// </summary>
    public ValueTask<Stream> OpenAsync(PipeReader packed) => _open(packed);

    /// <summary>Whether a failure of reading says that the body is not what <c>Content-Encoding</c> says.</summary>
    public static bool IsBroken(Exception failure) =>
        failure is InvalidDataException or InvalidOperationException or IOException and not (BadHttpRequestException or ConnectionResetException);

    /// <summary>What is told of a broken one.</summary>
    public RouterError Broken() => RouterError.InvalidRequest($"The body is not the {Name} that its Content-Encoding says, or it is cut short. Compress it again, or send it uncompressed and without that header.");

    private static ContentCoding? Find(string name) => name.ToLowerInvariant() switch
    {
        "gzip" or "x-gzip" => Gzip,
        "br" => Brotli,
        "deflate" => Deflate,
        _ => null,
    };

    private static RouterError NotTaken(string what) => new(
        RouterErrorCode.UnsupportedMediaType, $"The Content-Encoding {what}; this router takes one of {Taken}, or a body that is not compressed.");

    /// <summary>The name means zlib's format (RFC 1950); some clients send its inside alone (RFC 1951), which all others who read it forgive.</summary>
    private static async ValueTask<Stream> OpenDeflateAsync(PipeReader packed)
    {
        var read = await packed.ReadAtLeastAsync(2);
        var isZlib = IsZlib(read.Buffer);
        packed.AdvanceTo(read.Buffer.Start);
        return isZlib ? new ZLibStream(packed.AsStream(), CompressionMode.Decompress) : new DeflateStream(packed.AsStream(), CompressionMode.Decompress);
    }

    /// <summary>Its header names deflate as the method, and its two bytes are a multiple of 31.</summary>
    private static bool IsZlib(ReadOnlySequence<byte> beginning)
    {
        if (beginning.Length < 2)
            return false;
        Span<byte> header = stackalloc byte[2];
        beginning.Slice(0, 2).CopyTo(header);
        return (header[0] & 0x0F) == 8 && ((header[0] << 8) | header[1]) % 31 == 0;
    }
}
