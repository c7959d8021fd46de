using System.Buffers;

namespace ServerlessRouter.Jobs.Queue;

/// <summary>Names of blobs that are safe wherever they are kept, in a storage account or in a folder.</summary>
public static class BlobName
{
    private const int Longest = 512;

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    public static bool IsGood(string name) =>
        name.Length <= Longest && name.Split('/').All(static part => part.Length > 0 && part[0] != '.' && !part.EndsWith('.') && !part.AsSpan().ContainsAnyExcept(Letters));
}
