namespace ServerlessRouter.Pipeline;

/// <summary>Is told once of every request when all about it is known: answered, failed, cut or abandoned by the caller.</summary>
public interface IRequestListener
{
    /// <summary>Must not block or throw; the request's bytes may be gone.</summary>
    void OnSettled(RequestContext context);
}
