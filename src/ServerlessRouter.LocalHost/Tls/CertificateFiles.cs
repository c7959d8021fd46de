using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.LocalHost.Starting;

namespace ServerlessRouter.LocalHost.Tls;

/// <summary>Reads a certificate with its key from files, or says in a sentence why they cannot be used.</summary>
/// <param name="Options">Where they are.</param>
/// <param name="Certificate">The bytes of the certificate's file.</param>
/// <param name="Key">The bytes of the key's file; null where there is none.</param>
internal sealed record CertificateFiles(CertificateOptions Options, byte[] Certificate, byte[]? Key)
{
    private const string Reference = $"{SecretSchemes.Environment}:";

    private const string PasswordItself = "--certificate-password must be env:NAME, never the password itself.";

    private static readonly byte[] PemMark = "-----BEGIN "u8.ToArray();

    /// <exception cref="StartRefusedException">A file cannot be read.</exception>
    public static async Task<CertificateFiles> ReadAsync(CertificateOptions options, CancellationToken cancellationToken) => new(
        options,
        await ReadAsync(options.Path, "certificate", cancellationToken),
        options.KeyPath is { } key ? await ReadAsync(key, "key of the certificate", cancellationToken) : null);

    /// <summary>Names what is in the files; the same files have the same name.</summary>
    public string Fingerprint => Convert.ToHexString(SHA256.HashData([.. SHA256.HashData(Certificate), .. Key ?? []]));

    /// <summary>What TLS connections are opened with.</summary>
    /// <exception cref="StartRefusedException">The files hold no certificate that may be used now, or not its key.</exception>
    public SslStreamCertificateContext Load(DateTimeOffset now)
    {
        // Also where none is needed: it is in the list of processes and the shell's history, and its owner should know.
        if (Options.Password?.StartsWith(Reference, StringComparison.Ordinal) == false)
            throw Refused(PasswordItself);
        var all = Certificate.AsSpan().IndexOf(PemMark) >= 0 ? LoadPem() : LoadPfx();
        var own = all.FirstOrDefault(static certificate => certificate.HasPrivateKey)
            ?? throw Refused($"The certificate {Options.Path} comes without its private key. Add --certificate-key FILE.");
        if (now < own.NotBefore.ToUniversalTime())
            throw Refused($"The certificate {Options.Path} is valid from {Day(own.NotBefore)} on only.");
        if (now > own.NotAfter.ToUniversalTime())
            throw Refused($"The certificate {Options.Path} expired on {Day(own.NotAfter)}. Renew it.");
        var above = new X509Certificate2Collection(all.Where(certificate => !ReferenceEquals(certificate, own)).ToArray());
        return SslStreamCertificateContext.Create(own, above, offline: true);
    }

    private List<X509Certificate2> LoadPem()
    {
        var text = Encoding.ASCII.GetString(Certificate);
        var key = Key is null ? text : Encoding.ASCII.GetString(Key);
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            all.Clear();
        }

        if (all.Count == 0)
            throw Refused($"{Options.Path} holds no certificate that can be read. Give --certificate a PEM file with -----BEGIN CERTIFICATE-----, or a PFX file.");
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw Refused(Key is null ? $"The certificate {Options.Path} comes without its private key. Add --certificate-key FILE." : $"{Options.KeyPath} holds no private key. Give --certificate-key a PEM file with -----BEGIN PRIVATE KEY-----.");
        return [WithKey(text, key), .. all.Skip(1)];
    }

    private X509Certificate2 WithKey(string certificate, string key)
    {
        var isEncrypted = key.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal);
        var password = isEncrypted ? FindPassword("key") : null;
        try
        {
            return isEncrypted ? X509Certificate2.CreateFromEncryptedPem(certificate, key, password) : X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception problem) when (problem is CryptographicException or ArgumentException)
        {
            throw Refused(isEncrypted
                ? $"The key of the certificate {Options.Path} does not open with the password of {Options.Password}, or does not belong to the certificate."
                : $"The private key{(Options.KeyPath is null ? "" : $" {Options.KeyPath}")} does not belong to the certificate {Options.Path}, or cannot be read.");
        }
    }

    private List<X509Certificate2> LoadPfx()
    {
        var password = Options.Password is null ? null : FindPassword("PFX file");
        try
        {
            return [.. X509CertificateLoader.LoadPkcs12Collection(Certificate, password)];
        }
        catch (CryptographicException)
        {
            throw Refused(password is null
                ? $"{Options.Path} is neither PEM nor a PFX file that opens without a password. Add --certificate-password env:NAME if it has one."
                : $"{Options.Path} is neither PEM nor a PFX file that opens with the password of {Options.Password}.");
        }
    }

    private string FindPassword(string what)
    {
        if (Options.Password is not { } written)
            throw Refused($"The {what} of the certificate {Options.Path} is encrypted. Add --certificate-password env:NAME.");
        return Environment.GetEnvironmentVariable(written[Reference.Length..]) is { Length: > 0 } password
            ? password
            : throw Refused($"--certificate-password names the environment variable {written[Reference.Length..]}, which is not set.");
    }

    private static async Task<byte[]> ReadAsync(string path, string what, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Refused($"The {what} cannot be read: {problem.Message}");
        }
    }

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static StartRefusedException Refused(string message) => new(message);
}
