namespace ServerlessRouter.Testing.Upstreams;

/// <summary>What an answer says, apart from how it is delivered.</summary>
internal abstract record ReplyContent;
