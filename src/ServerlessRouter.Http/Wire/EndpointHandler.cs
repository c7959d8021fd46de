using Microsoft.AspNetCore.Http;

namespace ServerlessRouter.Http.Wire;

/// <summary>Answers the requests of an endpoint, behind the guard that stands around every endpoint.</summary>
internal delegate ValueTask EndpointHandler(HttpContext http);
