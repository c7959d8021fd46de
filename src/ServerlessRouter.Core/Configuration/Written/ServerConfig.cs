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

    [Member("Longest time, in seconds, that a request waits for a deployment with room, where `requestsPerMinute`, `tokensPerMinute`, `concurrentRequests` or its vendor's headers say that there is none; 0 waits for none. Default: 10.", Minimum = 0, Maximum = 600)]
    public double? MaxWaitSeconds { get; init; }

    [Member("Requests that may wait so at a time for each model; beyond them the one that would be served last is answered with 429. Default: 1000.", Minimum = 1, Maximum = 100_000)]
    public int? MaxWaitingRequests { get; init; }

    [Member("Connections that may be open at once; further ones are answered with 503 and closed. For a router on one machine. Default: 4096.", Minimum = 1, Maximum = 1_000_000)]
    public int? MaxConnections { get; init; }

    [Member("A header in which applications name the end user a request is for; without it, and where it is not sent, `user` in the body does. Default: none.")]
    public string? EndUserHeader { get; init; }

    [Member("Prompts of text alone are counted by OpenAI's own tokenizer at `/v1/messages/count_tokens` where every model asked is one of OpenAI's that the catalogue knows, instead of estimated. Takes some 70 MB of memory from the first such request on. Default: false.")]
    public bool? ExactTokenCounts { get; init; }

    [Member("Which web pages may call the router from a browser.")]
    public CorsConfig? Cors { get; init; }
}
