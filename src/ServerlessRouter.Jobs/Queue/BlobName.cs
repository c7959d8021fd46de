using System.Buffers;

namespace ServerlessRouter.Jobs.Queue;

/// <summary>Names of blobs that are safe wherever they are kept, in a storage account or in a folder.</summary>
public static class BlobName
{
    /// <summary>With an ending behind it, still far from the 1024 that storage accounts take.</summary>
    public const int Longest = 512;

    /// <summary>File systems name a file in 255 bytes, and a result's name gets an ending, and another while it is written.</summary>
    public const int MaxPartLength = 200;

    /// <summary>Storage accounts take 254.</summary>
    public const int MaxParts = 100;

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>Whether it leads nowhere but to a place among the blobs, which is all that a store asks.</summary>
    public static bool IsGood(string name) =>
        name.Split('/').All(static part => part.Length > 0 && part[0] != '.' && !part.EndsWith('.') && !part.AsSpan().ContainsAnyExcept(Letters));

    /// <summary>Whether every store can keep a blob under it, with an ending behind it.</summary>
    public static bool Fits(string name) => name.Length <= Longest && name.Split('/') is { Length: <= MaxParts } parts && parts.All(static part => part.Length <= MaxPartLength);
}
