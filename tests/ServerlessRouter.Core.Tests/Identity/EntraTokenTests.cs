using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.Tokens;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Identity;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Identity;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Identity;

/// <summary>Tokens of a real issuer on this machine, good ones and every bad one that has opened other people's doors.</summary>
public sealed class EntraTokenTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private TokenIssuer _issuer = null!;
    private RouterModelSource _models = null!;
    private SigningKeys _signingKeys = null!;

    public async Task InitializeAsync()
    {
        _issuer = await TokenIssuer.StartAsync(_time);
        var draft = new ConfigurationDraft().Set("entra", $$"""
            {
              "issuer": "{{_issuer.Issuer}}", "audience": "{{TokenIssuer.Audience}}",
              "roles": { "Router.Pro": "pro", "Router.Basic": "default" }, "adminRoles": { "Router.Admin": "admin", "Router.Keys": "keys" }
            }
            """);
        _models = new RouterModelSource(await draft.AcceptAsync());
        _signingKeys = new SigningKeys(_models, _time, NullLogger.Instance);
        _models.Use(new TokenRing(_signingKeys, null, _time));
    }

    public async Task DisposeAsync() => await _issuer.DisposeAsync();

    [Theory]
    [InlineData("pro", "Router.Pro")]
    [InlineData("default", "Router.Basic")]
    [InlineData("pro", "Router.Basic", "Router.Pro")]
    [InlineData("pro", "Other", "Router.Pro")]
    public async Task Token_WithRoles_CallsAsTheTierOfTheFirstThatIsWritten(string tier, params string[] roles)
    {
        await TurnAsync();

        var (caller, error) = Call(_issuer.Token(roles));

        Assert.Null(error);
        Assert.Equal(("entra:app-1", tier, (string?)null), (caller!.Name, caller.Tier.Name, caller.EndUser));
    }

    [Fact]
    public async Task Token_OfAnApplicationThatActsForAPerson_NamesTheEndUser()
    {
        await TurnAsync();

        var (caller, _) = Call(_issuer.Token(change: static descriptor => descriptor.Claims["scp"] = "Chat"));

        Assert.Equal(("entra:app-1", "person-1"), (caller!.Name, caller.EndUser));
    }

    [Theory]
    [InlineData("azp", "entra:person-1")]
    [InlineData("azp,oid", "entra:subject-1")]
    public async Task Token_WithoutAnApplication_IsNamedByItsSubject(string missing, string name)
    {
        await TurnAsync();

        var (caller, _) = Call(_issuer.Token(change: descriptor =>
        {
            descriptor.Claims["sub"] = "subject-1";
            foreach (var claim in missing.Split(','))
                descriptor.Claims.Remove(claim);
        }));

        Assert.Equal(name, caller!.Name);
    }

    [Fact]
    public async Task Key_WhereTokensAreTaken_StillCallsAsItself()
    {
        var (caller, error) = Call(ConfigurationDraft.CallerSecret);

        Assert.Null(error);
        Assert.Equal("team-a", caller!.Name);
        Assert.Equal(0, _issuer.Reads);
        await TurnAsync();
        Assert.Contains("is not one this router has issued", Call("another.key.here").Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("expired", "expired at 2025-12-31T23:00:00Z")]
    [InlineData("not yet", "not valid before 2026-01-01T01:00:00Z")]
    [InlineData("audience", "another audience")]
    [InlineData("no audience", "another audience")]
    [InlineData("issuer", "another issuer")]
    [InlineData("no expiry", "when it expires")]
    [InlineData("alg none", "not 'none'")]
    [InlineData("shared secret", "no shared secret")]
    [InlineData("another key", "signature is wrong")]
    [InlineData("no kid, another key", "")]
    [InlineData("payload changed", "signature is wrong")]
    [InlineData("header changed", "")]
    [InlineData("signature cut", "signature is wrong")]
    [InlineData("no signature", "")]
    [InlineData("too long", "longer than 16384 characters")]
    [InlineData("no object", "cannot be read")]
    [InlineData("no role", "names no role")]
    [InlineData("no subject", "does not say whose it is")]
    public async Task Token_ThatIsBad_IsRefusedWithTheReasonAndNotRepeated(string how, string reason)
    {
        await TurnAsync();
        // A good one of the same caller was here: what is remembered of it must help no other.
        Assert.Null(Call(_issuer.Token()).Error);
        // What the issuer is asked for lately is not asked for again, so none of these waits for it.
        var token = Forge(how);

        var error = Call(token).Error!;

        Assert.Equal(RouterErrorCode.InvalidApiKey, error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.All(token.Split('.', StringSplitOptions.RemoveEmptyEntries), part => Assert.DoesNotContain(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Token_ThatSharesAllButItsEndWithAGoodOne_IsNotTakenForIt()
    {
        await TurnAsync();
        var good = _issuer.Token();
        Assert.Null(Call(good).Error);

        for (var place = good.Length - 340; place < good.Length - 1; place += 17)
        {
            var other = $"{good[..place]}{(good[place] == 'A' ? 'B' : 'A')}{good[(place + 1)..]}";
            Assert.NotNull(Call(other).Error);
        }

        Assert.Null(Call(good).Error);
    }

    [Fact]
    public async Task Token_DamagedAnywhere_IsAnErrorOfTheCallerAndNeverOfTheRouter()
    {
        await TurnAsync();
        var good = _issuer.Token();
        var luck = new SeededRandomSource(7);
        for (var turn = 0; turn < 2000; turn++)
        {
            var letters = good.ToCharArray();
            for (var change = 1 + luck.Next(5); change > 0; change--)
                letters[luck.Next(letters.Length)] = "AZaz09-_."[luck.Next(9)];
            var damaged = new string(letters)[..(20 + luck.Next(letters.Length - 19))];
            if (damaged != good)
                Assert.NotNull(Call(damaged).Error);
        }
    }

    [Fact]
    public async Task Token_Remembered_IsTheSameCallerUntilItExpires()
    {
        await TurnAsync();
        var token = _issuer.Token();
        var first = Call(token).Caller;

        Assert.Same(first, Call(token).Caller);
        _time.Advance(TimeSpan.FromMinutes(60.5));
        Assert.Null(Call(token).Error);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Contains("expired at", Call(token).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_WithoutABeginning_AndWithAnEndBeyondAllDates_IsTaken()
    {
        await TurnAsync();

        Assert.Null(Call(_issuer.Token(change: static descriptor => (descriptor.NotBefore, descriptor.Expires) = (null, new DateTime(9999, 12, 31, 23, 59, 59, DateTimeKind.Utc)))).Error);
    }

    [Fact]
    public async Task Issuer_Down_TokensAreUndecidedUntilItsKeysAreKnownAndThenGoOnForADay()
    {
        _issuer.IsDown = true;
        await Assert.ThrowsAsync<HttpRequestException>(TurnAsync);
        var error = Call(_issuer.Token()).Error!;
        Assert.Equal(RouterErrorCode.TemporarilyUnavailable, error.Code);
        Assert.NotNull(error.RetryAfter);

        _issuer.IsDown = false;
        await TurnAsync();
        Assert.Null(Call(_issuer.Token()).Error);

        _issuer.IsDown = true;
        _time.Advance(TimeSpan.FromHours(23));
        await Assert.ThrowsAsync<HttpRequestException>(TurnAsync);
        Assert.Null(Call(_issuer.Token()).Error);
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(RouterErrorCode.TemporarilyUnavailable, Call(_issuer.Token()).Error!.Code);
    }

    [Fact]
    public async Task Issuer_ThatIsAnother_IsNotBelieved()
    {
        _issuer.ClaimedIssuer = "https://login.example.com";

        var failure = await Assert.ThrowsAsync<InvalidDataException>(TurnAsync);

        Assert.Contains("is another issuer's", failure.Message, StringComparison.Ordinal);
        Assert.Equal(RouterErrorCode.TemporarilyUnavailable, Call(_issuer.Token()).Error!.Code);
    }

    [Fact]
    public async Task Issuer_TakesAnotherKey_IsAskedWhenATokenNamesIt()
    {
        await TurnAsync();
        Assert.Null(Call(_issuer.Token()).Error);
        var next = TokenIssuer.NewKey("key-2");
        _issuer.Published = [next];
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(RouterErrorCode.TemporarilyUnavailable, Call(_issuer.Token(key: next)).Error!.Code);
        await TurnAsync();

        Assert.Null(Call(_issuer.Token(key: next)).Error);
        // The key that is gone no longer opens, whatever was remembered.
        Assert.NotNull(Call(_issuer.Token()).Error);
    }

    [Fact]
    public async Task Issuer_IsAskedOnceAMinuteHoweverManyTokensNameUnknownKeys()
    {
        await TurnAsync();
        var unknown = _issuer.Token(key: TokenIssuer.NewKey("unknown"));
        for (var turn = 0; turn < 50; turn++)
        {
            var error = Call(unknown).Error!;
            Assert.Contains("unknown signing key", error.Message, StringComparison.Ordinal);
            await TurnAsync();
        }

        Assert.Equal(1, _issuer.Reads);
        _time.Advance(TimeSpan.FromMinutes(1));
        for (var turn = 0; turn < 50; turn++)
        {
            Call(unknown);
            await TurnAsync();
        }

        Assert.Equal(2, _issuer.Reads);
    }

    [Fact]
    public async Task Issuer_IsAskedAgainAfterSixHours()
    {
        await TurnAsync();
        _time.Advance(TimeSpan.FromHours(5));
        await TurnAsync();
        Assert.Equal(1, _issuer.Reads);

        _time.Advance(TimeSpan.FromHours(1));
        await TurnAsync();

        Assert.Equal(2, _issuer.Reads);
    }

    [Theory]
    [InlineData("Router.Admin", AdminRole.Admin)]
    [InlineData("Router.Keys", AdminRole.Keys)]
    public async Task Token_WithAnAdminRole_IsAnAdmin(string role, AdminRole expected)
    {
        await TurnAsync();

        var finding = await AdministerAsync(_issuer.Token([role]));

        Assert.Equal((expected, "entra:app-1"), (finding.Admin!.Role, finding.Admin.Name));
    }

    [Fact]
    public async Task Token_OfAPersonWithAnAdminRole_IsCalledAfterThePerson()
    {
        await TurnAsync();

        var finding = await AdministerAsync(_issuer.Token(["Router.Admin"], change: static descriptor => descriptor.Claims["scp"] = "Administer"));

        Assert.Equal("entra:person-1", finding.Admin!.Name);
    }

    [Theory]
    [InlineData("caller", RouterErrorCode.PermissionDenied, "may not administer")]
    [InlineData("expired", RouterErrorCode.InvalidApiKey, "expired at")]
    [InlineData("no role", RouterErrorCode.InvalidApiKey, "names no role")]
    public async Task Token_WithoutAnAdminRole_IsNoAdmin(string how, RouterErrorCode code, string reason)
    {
        await TurnAsync();

        var finding = await AdministerAsync(how == "caller" ? _issuer.Token() : Forge(how));

        Assert.Null(finding.Admin);
        Assert.Equal(code, finding.Error!.Code);
        Assert.Contains(reason, finding.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("issuer", "\"http://login.example.com\"", "entra.issuer", "must be an https:// address")]
    [InlineData("metadata", "\"ftp://login.example.com\"", "entra.metadata", "must be an https:// address")]
    [InlineData("audience", "\"\"", "entra.audience", "is an empty text")]
    [InlineData("roles", "{}", "entra", "names no role")]
    [InlineData("roles", """{"Router.Pro":"gold"}""", "entra.roles[\"Router.Pro\"]", "is not a configured tier")]
    [InlineData("adminRoles", """{"A":"root"}""", "entra.adminRoles.A", "Allowed: admin, keys")]
    public async Task Rejects_TokensThatProveNothing(string member, string json, string path, string message) => await new ConfigurationDraft()
        .Set("entra", """{"issuer":"https://login.example.com","audience":"a","roles":{"Router.Pro":"pro"}}""").Set($"entra.{member}", json).RejectAsync(path, message);

    [Fact]
    public async Task Rejects_AKeyThatIsCalledAsATokensHolder()
    {
        await new ConfigurationDraft().Set("keys", """{"entra:app-1":{"secret":"env:TEAM_A_KEY"}}""").RejectAsync("keys[\"entra:app-1\"]", "is for callers with tokens");
        Assert.Contains("is for callers with tokens", _models.Current.KeyTerms!.FindNameFault("entra:app-1"), StringComparison.Ordinal);
    }

    private async Task TurnAsync() => await _signingKeys.Step.RunAsync(CancellationToken.None);

    private (CallerModel? Caller, RouterError? Error) Call(string token)
    {
        var error = CallerIdentity.Find(_models.Current, Header(token), out var caller);
        return (caller, error);
    }

    private async Task<AdminFinding> AdministerAsync(string token) => await new AdminGate(null, []).FindAsync(_models.Current, Header(token), CancellationToken.None);

    private static ListedHeaders Header(string token) => new(("authorization", $"Bearer {token}"));

    private string Forge(string how)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        var good = _issuer.Token().Split('.');
        return how switch
        {
            "expired" => _issuer.Token(change: descriptor => (descriptor.NotBefore, descriptor.Expires) = (now.AddHours(-2), now.AddHours(-1))),
            "not yet" => _issuer.Token(change: descriptor => (descriptor.NotBefore, descriptor.Expires) = (now.AddHours(1), now.AddHours(2))),
            "audience" => _issuer.Token(change: static descriptor => descriptor.Audience = "api://another"),
            "no audience" => _issuer.Token(change: static descriptor => descriptor.Audience = null),
            "issuer" => _issuer.Token(change: static descriptor => descriptor.Issuer = "https://login.example.com"),
            "no expiry" => _issuer.Token(change: static descriptor => descriptor.Expires = null),
            "alg none" => $"{Encoded("""{"alg":"none","typ":"JWT"}""")}.{good[1]}.",
            "shared secret" => _issuer.Token(key: null, change: descriptor => descriptor.SigningCredentials = new SigningCredentials(
                new SymmetricSecurityKey(Encoding.UTF8.GetBytes(_issuer.Key.Rsa.ExportSubjectPublicKeyInfoPem())) { KeyId = "key-1" }, SecurityAlgorithms.HmacSha256)),
            "another key" => _issuer.Token(key: TokenIssuer.NewKey("key-1")),
            "no kid, another key" => _issuer.Token(key: TokenIssuer.NewKey(null)),
            "payload changed" => $"{good[0]}.{Encoded(Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(good[1])).Replace("app-1", "app-2", StringComparison.Ordinal))}.{good[2]}",
            "header changed" => $"{Encoded("""{"alg":"RS256","kid":"key-1","jwk":{"kty":"RSA"},"typ":"JWT"}""")}.{good[1]}.{good[2]}",
            "signature cut" => string.Join('.', good)[..^10],
            "no signature" => $"{good[0]}.{good[1]}.",
            "too long" => _issuer.Token(change: static descriptor => descriptor.Claims["padding"] = new string('x', 16 * 1024)),
            "no object" => $"eyJ{good[0][5..]}.{good[1]}.{good[2]}",
            "no role" => _issuer.Token(["Other"]),
            "no subject" => _issuer.Token(change: static descriptor => descriptor.Claims = new Dictionary<string, object> { ["azp"] = "a name\nof two lines", ["roles"] = new[] { "Router.Pro" } }),
            _ => throw new ArgumentOutOfRangeException(nameof(how)),
        };
    }

    private static string Encoded(string json) => Base64UrlEncoder.Encode(json);
}
