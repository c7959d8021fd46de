namespace ServerlessRouter.Pipeline;

/// <summary>Is told once when an attempt is settled: answered, failed, cut or abandoned by the caller.</summary>
public interface IAttemptListener
{
    /// <summary>Must not block or throw.</summary>
    void OnEnded(AttemptContext attempt);
}
