# plumb in a container: docker build -t plumb .            deploy/README.md says how to run it
#
# The image has no shell, no package manager and no Git: only plumb, ssh for ssh:// repositories, and the libraries of
# both.  It runs as user 65532 on a read-only root file system; only its cache is written:
#   docker run --read-only plumb run --repo https://git.example/orders.git

FROM debian:bookworm-slim AS build
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        gcc libc6-dev pkg-config cmake ninja-build \
        libgit2-dev libcurl4-openssl-dev libssl-dev libyaml-dev libcjson-dev libexpat1-dev libzip-dev \
        libmicrohttpd-dev ca-certificates openssh-client
WORKDIR /src
COPY CMakeLists.txt CMakePresets.json ./
COPY base base
COPY gitsync gitsync
COPY environments environments
COPY providers providers
COPY reconciler reconciler
RUN cmake --preset release -DPLUMB_TESTS=OFF \
    && cmake --build build/release \
    && cmake --install build/release --strip --prefix /usr/local
COPY deploy/collect.sh deploy/collect.sh
# ssh asks for the user's entry; its home is the cache.  /tmp is there for who mounts nothing.
RUN deploy/collect.sh /root-fs /usr/local/bin/plumb /usr/bin/ssh \
    && mkdir -p /root-fs/etc/ssl/certs /root-fs/var/cache/plumb /root-fs/tmp \
    && cp /etc/ssl/certs/ca-certificates.crt /root-fs/etc/ssl/certs/ \
    && echo 'plumb:x:65532:65532:plumb:/var/cache/plumb:/sbin/nologin' >/root-fs/etc/passwd \
    && echo 'plumb:x:65532:' >/root-fs/etc/group \
    && echo 'hosts: files dns' >/root-fs/etc/nsswitch.conf \
    && chown 65532:65532 /root-fs/var/cache/plumb && chmod 1777 /root-fs/tmp

FROM scratch
COPY --from=build /root-fs /
# Listens at loopback, so that the health check has whom to ask: 0.0.0.0:8080 is for webhooks.
ENV PATH=/usr/local/bin:/usr/bin HOME=/var/cache/plumb PLUMB_CACHE=/var/cache/plumb PLUMB_LISTEN=127.0.0.1:8080
# Volumes get the owner that the directory has here; on Fargate only those that are named here.
VOLUME /var/cache/plumb
USER 65532:65532
WORKDIR /var/cache/plumb
HEALTHCHECK --interval=30s --timeout=5s --start-period=2m CMD ["/usr/local/bin/plumb", "health"]
ENTRYPOINT ["/usr/local/bin/plumb"]
CMD ["--help"]
