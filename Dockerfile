# plumb in a container: docker build -t plumb .
#
# It runs as user 65532 on a read-only root file system; only its cache is written:
#   docker run --read-only --tmpfs /var/cache/plumb:uid=65532 plumb run --repo https://git.example/orders.git

FROM debian:bookworm-slim AS build
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        gcc libc6-dev pkg-config cmake ninja-build \
        libgit2-dev libcurl4-openssl-dev libssl-dev libyaml-dev libcjson-dev libexpat1-dev libzip-dev \
        libmicrohttpd-dev
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

FROM debian:bookworm-slim
# Libraries; git and ssh for repositories that are reached by a path, file:// or ssh.
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        ca-certificates libgit2-1.5 libcurl4 libssl3 libyaml-0-2 libcjson1 libexpat1 libzip4 libmicrohttpd12 \
        git openssh-client \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/* \
    && mkdir /var/cache/plumb && chown 65532:65532 /var/cache/plumb
COPY --from=build /usr/local/bin/plumb /usr/local/bin/plumb
ENV HOME=/var/cache/plumb XDG_CACHE_HOME=/var/cache
USER 65532:65532
WORKDIR /var/cache/plumb
ENTRYPOINT ["/usr/local/bin/plumb"]
CMD ["--help"]
