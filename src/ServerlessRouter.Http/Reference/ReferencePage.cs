using System.Security.Cryptography;
using System.Text;

namespace ServerlessRouter.Http.Reference;

/// <summary>A page that shows the OpenAPI document beside it, and the policy that keeps it from doing anything else.</summary>
internal sealed class ReferencePage
{
    private ReferencePage(ReadOnlyMemory<byte> content, string policy) => (Content, Policy) = (content, policy);

    /// <summary>HTML.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>The value of <c>Content-Security-Policy</c>: its own script and style by their hashes, requests to its own origin, its empty icon, and no frame around it.</summary>
    public string Policy { get; }

    public static ReferencePage Read()
    {
        var content = ReferenceResources.Read("reference.html");
        var text = Encoding.UTF8.GetString(content);
        var policy = $"default-src 'none'; script-src {HashOf(text, "script")}; style-src {HashOf(text, "style")}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        return new ReferencePage(content, policy);
    }

    private static string HashOf(string page, string element)
    {
        var start = page.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        var text = page[start..page.IndexOf($"</{element}>", start, StringComparison.Ordinal)];
        return $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
    }
}
