using Microsoft.IdentityModel.Tokens;

namespace ServerlessRouter.Identity;

/// <summary>An issuer's signing keys at one time.</summary>
/// <param name="Metadata">Where the issuer tells them.</param>
/// <param name="Keys">The keys, none of which can sign.</param>
/// <param name="ReadAt">When they were read, as a timestamp.</param>
internal sealed record KnownKeys(Uri Metadata, IReadOnlyList<SecurityKey> Keys, long ReadAt);
