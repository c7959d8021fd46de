namespace ServerlessRouter.Configuration.Written;

/// <summary>Limits of the router itself, as written.</summary>
public sealed record ServerConfig
{
    [Member("Largest request body read, in bytes; larger ones are answered with 413. Default: 8388608 (8 MiB).", Minimum = 1024, Maximum = 1_073_741_824)]
    public int? MaxRequestBytes { get; init; }

    [Member("Largest answer of a vendor that is read whole, and largest event of a stream, in MiB; beyond it the call has failed. Streams may be longer. Default: 8.", Minimum = 1, Maximum = 1024)]
    public int? MaxAnswerMebibytes { get; init; }

    [Member("Where the router has no folder for its state: the most memory that files, batches and requests to be answered later may take, in MiB; beyond it further ones are answered with 507. Default: 256.", Minimum = 1, Maximum = 1_048_576)]
    public int? MaxMemoryMebibytes { get; init; }

    [Member("Where the router has a folder for its state: the most that files, batches and requests to be answered later may take there, in MiB; beyond it further ones are answered with 507. Default: 1024.", Minimum = 1, Maximum = 1_048_576)]
    public int? MaxDataMebibytes { get; init; }

    [Member("The most memory that the bodies of all requests in flight may take together, in MiB; where no room comes free in 5 s, further requests are answered with 503. At least what one request of `maxRequestBytes` takes. Default: 128.", Minimum = 1, Maximum = 1_048_576)]
    public int? MaxBodiesMebibytes { get; init; }

    [Member("Connections that may be open at once; further ones are answered with 503 and closed. For a router on one machine. Default: 4096.", Minimum = 1, Maximum = 1_000_000)]
    public int? MaxConnections { get; init; }

    [Member("Which web pages may call the router from a browser.")]
    public CorsConfig? Cors { get; init; }
}
