using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.Http;

namespace ServerlessRouter.Functions.Http;

/// <summary>Answers what fails before a handler runs: the worker would make an empty 200 of it. Handlers answer their own failures.</summary>
internal sealed partial class ErrorMiddleware(RouterModelSource models, ILogger<ErrorMiddleware> logger) : IFunctionsWorkerMiddleware
{
    private static readonly byte[] Body =
        """{"error":{"message":"The router failed. Please report it with the time of the request.","type":"server_error","param":null,"code":"internal_error"}}"""u8.ToArray();

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        using var scope = logger.BeginScope(new Dictionary<string, object>
        {
            ["InvocationId"] = context.InvocationId,
            ["TraceParent"] = context.TraceContext.TraceParent,
        });
        try
        {
            await next(context);
        }
        catch (Exception failure) when (context.GetHttpContext() is { } http)
        {
            LogFailed(failure, context.FunctionDefinition.Name);
            await AnswerAsync(http, models.Current);
        }
    }

    internal static async Task AnswerAsync(HttpContext http, RouterModel router)
    {
        // Half an answer must not look whole.
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Clear();
        PageHeaders.Write(http, router);
        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = Body.Length;
        await http.Response.Body.WriteAsync(Body, http.RequestAborted);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "Function {Function} met a bug")]
    private partial void LogFailed(Exception failure, string function);
}
