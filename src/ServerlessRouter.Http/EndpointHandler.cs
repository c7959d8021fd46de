using Microsoft.AspNetCore.Http;

namespace ServerlessRouter.Http;

/// <summary>Answers the requests of an endpoint, behind an <see cref="EndpointGuard"/>.</summary>
internal delegate ValueTask EndpointHandler(HttpContext http);
