using System.Security.Cryptography;
using System.Text;

namespace ServerlessRouter.Governance;

/// <summary>What end users and sessions are counted under.</summary>
public static class SubjectNames
{
    /// <summary>A longer name is kept as its hash.</summary>
    public const int MaxLength = 128;

    /// <summary>The name itself, or the hash of one that is long; of what it answers it answers the same.</summary>
    public static string Shorten(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length <= MaxLength ? name : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
    }
}
