using System.Net;
using ServerlessRouter.Webhooks;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>Resolves every host to what a test lists, one answer after the other; the last is kept.</summary>
internal sealed class ListedHosts(params string[][] answers) : IHostResolver
{
    public int Asked { get; private set; }

    public ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        new(Array.ConvertAll(answers[Math.Min(Asked++, answers.Length - 1)], IPAddress.Parse));
}
