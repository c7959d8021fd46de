using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Bodies;

/// <summary>The most that is read of a body, and how an operator raises it.</summary>
/// <param name="MaxBytes">Bytes, unpacked where the body is compressed.</param>
/// <param name="Member">The member of the configuration that says so; null where the limit is fixed.</param>
internal readonly record struct BodyLimit(int MaxBytes, string? Member = null)
{
    /// <summary>The limit of requests to models.</summary>
    public static BodyLimit Of(RouterModel router) => new(router.MaxRequestBytes, "server.maxRequestBytes");

    /// <summary>What a larger body is told.</summary>
    /// <param name="what">What is too large, where it is not the body as it came.</param>
    public RouterError TooLarge(string what = "The body") => new(
        RouterErrorCode.PayloadTooLarge,
        $"{what} is larger than {MaxBytes} bytes, the most this router reads {(Member is null ? "here" : $"({Member} in its configuration)")}.");
}
