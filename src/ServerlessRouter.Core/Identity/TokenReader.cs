using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Identity;

/// <summary>
/// Says whose a token is. What was found is remembered under the SHA-256 of the whole token (CVE-2026-35030 was a cache under a part of it), until it expires, or the issuer's keys or the configuration are others.
/// </summary>
internal sealed class TokenReader(SigningKeys signingKeys, TimeProvider time)
{
    private const int MaxTokenLength = 16 * 1024;

    /// <summary>Tokens that are in use at once on one instance; each place holds the latest that fell to it.</summary>
    private const int Places = 1024;

    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    /// <summary>What only the issuer can sign with: neither "none" nor shared secrets.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxTokenLength };
    private readonly KnownToken?[] _places = new KnownToken?[Places];

    /// <summary>Whose a token is, or why it is not accepted. Never waits.</summary>
    public TokenFinding Read(EntraModel entra, ReadOnlySpan<char> token)
    {
        if (token.Length > MaxTokenLength)
            return Refused($"The token is longer than {MaxTokenLength} characters. Ask for one with fewer claims.");
        if (signingKeys.Of(entra) is not { } known)
        {
            signingKeys.Ask();
            return Undecided("The issuer's signing keys cannot be read at present, so the token cannot be checked. Try again shortly.");
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        WriteHash(token, hash);
        ref var place = ref _places[BitConverter.ToUInt16(hash) % Places];
        var now = time.GetUtcNow();
        if (Volatile.Read(ref place) is { } remembered && remembered.Is(hash, entra, known) && now.UtcDateTime - ClockSkew < remembered.Holder.ExpiresAt)
            return new TokenFinding(remembered.Holder, null);
        var found = Validate(entra, known, token.ToString(), now);
        if (found.Holder is { } holder)
            Volatile.Write(ref place, new KnownToken(hash.ToArray(), entra, known, holder));
        return found;
    }

    private TokenFinding Validate(EntraModel entra, KnownKeys known, string text, DateTimeOffset now)
    {
        if (!TryRead(text, out var token))
            return Refused("The token cannot be read: its parts are no JSON objects in base64url.");
        if (!Algorithms.Contains(token.Alg))
            return Refused("The token is not signed with a key of the issuer's: RSA or an elliptic curve is needed, no shared secret and not 'none'.");
        var parameters = new TokenValidationParameters
        {
            ValidIssuer = entra.Issuer,
            ValidAudience = entra.Audience,
            IssuerSigningKeys = known.Keys,
            ValidAlgorithms = Algorithms,
            TryAllIssuerSigningKeys = false,
            LifetimeValidator = (_, _, _, _) => true,
        };
        // With keys that are there already it never waits.
        var validation = _handler.ValidateTokenAsync(token, parameters);
        if (!validation.IsCompletedSuccessfully)
            return Refused("The token cannot be checked.");
        var result = validation.GetAwaiter().GetResult();
        if (!result.IsValid)
            return Explain(result.Exception, entra);
        return FindTimeFault(token, now.UtcDateTime) is { } fault ? Refused(fault) : Holder(entra, token);
    }

    private TokenFinding Explain(Exception? failure, EntraModel entra) => failure switch
    {
        SecurityTokenSignatureKeyNotFoundException when signingKeys.Ask() => Undecided("The token is signed with a key that is unknown here; the issuer is asked for new ones. Try again shortly."),
        SecurityTokenSignatureKeyNotFoundException => Refused($"The token is signed with an unknown signing key: {entra.Issuer} does not publish it."),
        SecurityTokenInvalidAudienceException => Refused($"The token is for another audience. Ask for one for {entra.Audience}."),
        SecurityTokenInvalidIssuerException => Refused($"The token is from another issuer. Ask {entra.Issuer} for one."),
        _ => Refused("The token's signature is wrong."),
    };

    private static string? FindTimeFault(JsonWebToken token, DateTime now)
    {
        if (!token.TryGetPayloadValue<long>("exp", out _))
            return "The token does not say when it expires ('exp').";
        if (now - ClockSkew >= token.ValidTo)
            return $"The token expired at {token.ValidTo:yyyy-MM-dd'T'HH:mm:ss'Z'}. Ask for another one.";
        return now + ClockSkew < token.ValidFrom ? $"The token is not valid before {token.ValidFrom:yyyy-MM-dd'T'HH:mm:ss'Z'}." : null;
    }

    private static TokenFinding Holder(EntraModel entra, JsonWebToken token)
    {
        var application = First(token, "azp", "appid");
        var person = First(token, "oid", "sub");
        if ((application ?? person) is not { } subject)
            return Refused("The token does not say whose it is: none of 'azp', 'appid', 'oid' and 'sub' is a name of 1 to 100 visible ASCII characters.");
        var name = EntraModel.NamePrefix + subject;
        var roles = token.Claims.Where(static claim => claim.Type == "roles").Select(static claim => claim.Value).ToHashSet(StringComparer.Ordinal);
        var tier = entra.Roles.FirstOrDefault(known => roles.Contains(known.Role)).Tier;
        var adminRole = entra.AdminRoles.FirstOrDefault(known => roles.Contains(known.Role));
        // A scope stands only in what an application was given to act for a person.
        var isDelegated = application is not null && token.TryGetPayloadValue<string>("scp", out _);
        return new TokenFinding(
            new TokenHolder(
                tier is null ? null : new CallerModel(name, tier) { EndUser = isDelegated ? person : null },
                adminRole.Role is null ? null : new AdminModel(isDelegated && person is not null ? EntraModel.NamePrefix + person : name, adminRole.Admin),
                token.ValidTo),
            null);
    }

    private bool TryRead(string text, out JsonWebToken token)
    {
        token = null!;
        try
        {
            token = _handler.ReadJsonWebToken(text);
            return true;
        }
        catch (Exception failure) when (failure is ArgumentException or SecurityTokenException)
        {
            return false;
        }
    }

    /// <summary>The first of some claims that is a name which travels in headers and in front of an end user's.</summary>
    private static string? First(JsonWebToken token, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (token.TryGetPayloadValue<string>(name, out var value) && value is { Length: > 0 and <= 100 } && value.All(static letter => letter is > ' ' and <= '~' and not ('"' or '/')))
                return value;
        }

        return null;
    }

    private static TokenFinding Refused(string problem) => new(null, problem);

    private static TokenFinding Undecided(string problem) => new(null, problem) { IsUndecided = true };

    private static void WriteHash(ReadOnlySpan<char> token, Span<byte> destination)
    {
        // The form of a token leaves only ASCII.
        var bytes = ArrayPool<byte>.Shared.Rent(token.Length);
        SHA256.HashData(bytes.AsSpan(0, Encoding.ASCII.GetBytes(token, bytes)), destination);
        ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
    }

    private sealed record KnownToken(byte[] Hash, EntraModel Entra, KnownKeys Keys, TokenHolder Holder)
    {
        public bool Is(ReadOnlySpan<byte> hash, EntraModel entra, KnownKeys keys) => hash.SequenceEqual(Hash) && ReferenceEquals(Entra, entra) && ReferenceEquals(Keys, keys);
    }
}
