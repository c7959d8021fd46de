# The router on one machine: no shell, no package manager, not root. See docs/quickstart.md and docs/examples/compose.yaml.
#   docker build -t serverless-router .
#   docker run --rm -p 127.0.0.1:8080:8080 -e OPENAI_API_KEY -e ROUTER_KEY -v router-data:/data serverless-router
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH=amd64
WORKDIR /source
COPY . .
RUN case "$TARGETARCH" in amd64) rid=linux-x64 ;; arm64) rid=linux-arm64 ;; *) echo "no build for $TARGETARCH" >&2; exit 1 ;; esac \
    && dotnet publish src/ServerlessRouter.LocalHost -c Release -r "$rid" --self-contained -o /app -p:RunAnalyzers=false -p:DebugType=none \
    && mkdir /data /router

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
COPY --from=build /app /app
COPY --from=build --chown=$APP_UID:$APP_UID /data /data
# A router.json mounted here is used without being named.
COPY --from=build /router /router
WORKDIR /router
USER $APP_UID
ENV ASPNETCORE_HTTP_PORTS=8080
EXPOSE 8080
VOLUME /data
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["/app/ServerlessRouter.LocalHost", "health"]
ENTRYPOINT ["/app/ServerlessRouter.LocalHost"]
CMD ["--data", "/data"]
