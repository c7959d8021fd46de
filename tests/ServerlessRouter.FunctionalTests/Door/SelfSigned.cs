using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ServerlessRouter.FunctionalTests.Door;

/// <summary>A certificate made for a test, in files as operators have them.</summary>
internal sealed class SelfSigned : IDisposable
{
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;

    public SelfSigned(DateTimeOffset from, DateTimeOffset until)
    {
        var request = new CertificateRequest("CN=localhost", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        _certificate = request.CreateSelfSigned(from, until);
    }

    public string Thumbprint => _certificate.Thumbprint;

    public string CertificatePem => _certificate.ExportCertificatePem();

    public string KeyPem => _key.ExportPkcs8PrivateKeyPem();

    public string EncryptedKeyPem(string password) =>
        _key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));

    public byte[] Pfx(string? password) => _certificate.Export(X509ContentType.Pfx, password);

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
