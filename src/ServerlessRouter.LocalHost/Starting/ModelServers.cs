using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text.Json;

namespace ServerlessRouter.LocalHost.Starting;

/// <summary>Asks servers on this machine over HTTP, and waits for none: the router is to start.</summary>
/// <param name="patience">How long one may take.</param>
internal sealed class ModelServers(TimeSpan patience) : IModelServers
{
    private const int MaxBytes = 1 << 20;

    /// <summary>As long as a start may be held up.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromMilliseconds(200);

    public ModelServers() : this(DefaultPatience)
    {
    }

    public async Task<ImmutableArray<string>> ModelsAsync(Uri endpoint, string? key, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = patience };
        using var client = new HttpClient(handler) { Timeout = patience, MaxResponseContentBufferSize = MaxBytes };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(endpoint, "models"));
        if (key is not null)
            request.Headers.Authorization = AuthenticationHeaderValue.TryParse($"Bearer {key}", out var credential) ? credential : null;
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
                return [];
            using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return answer.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array
                ? [.. data.EnumerateArray().Select(NameOf).OfType<string>()]
                : [];
        }
        catch (Exception silent) when (silent is HttpRequestException or JsonException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return [];
        }
    }

    private static string? NameOf(JsonElement model) =>
        model.ValueKind == JsonValueKind.Object && model.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 and <= 128 } name ? name : null;
}
