namespace ServerlessRouter.Errors;

/// <summary>How one attempt can fail; a closed set, what follows from each stands in <see cref="FailureTraits"/>.</summary>
public enum FailureKind
{
    /// <summary>No connection, TLS failure, or a reset before the answer's headers.</summary>
    ConnectFailed,

    /// <summary>500, 502, 503 and every other status that blames neither the request nor the owner.</summary>
    ServerError,

    /// <summary>529, or a 503 that says it is overloaded.</summary>
    Overloaded,

    /// <summary>The answer broke off, or could not be understood, before its first content.</summary>
    CutBeforeCommit,

    /// <summary>The answer broke off after content had reached the caller.</summary>
    CutAfterCommit,

    /// <summary>429: too fast right now.</summary>
    RateLimited,

    /// <summary>402, or so worded: the quota or the credit is used up.</summary>
    QuotaExhausted,

    /// <summary>401, 403, or so worded with any status: the router's own credential was refused.</summary>
    CredentialRefused,

    /// <summary>404, 410, or so worded: the vendor does not know the deployment, or no longer serves it.</summary>
    DeploymentNotFound,

    /// <summary>No first token in time.</summary>
    FirstTokenTimeout,

    /// <summary>The stream stopped moving before its first content.</summary>
    Stalled,

    /// <summary>The stream stopped moving after content had reached the caller.</summary>
    StalledAfterCommit,

    /// <summary>The request's own deadline passed before the attempt had the time it may take, so the deployment is not to blame.</summary>
    DeadlinePassed,

    /// <summary>So worded, with any status: the prompt is longer than the model's context window.</summary>
    ContextLengthExceeded,

    /// <summary>So worded: the vendor's content filter refused the prompt or the answer.</summary>
    ContentFiltered,

    /// <summary>400, 422, or so worded: the request itself is at fault.</summary>
    RequestRejected,

    /// <summary>The provider cannot express the request (a feature its API lacks), or says that this deployment cannot take it; others may.</summary>
    NotExpressible,

    /// <summary>A cascade's check did not accept the answer.</summary>
    CheckFailed,

    /// <summary>A second request for the same answer was faster, so this one was cancelled.</summary>
    Outraced,

    /// <summary>No deployment of the model may be called now; nothing was sent.</summary>
    NoDeployment,

    /// <summary>The caller went away.</summary>
    ClientLeft,

    /// <summary>A question beside a request had less time than a first token may take, and took longer: nothing against the deployment's other calls.</summary>
    SideCallTimeout,

    /// <summary>The answer is larger than the router reads whole: the same model would say as much again, and bill it.</summary>
    AnswerTooLarge,
}
