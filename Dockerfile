# docker build -t strata . && docker run --rm strata --version
# docker run -v strata:/var/lib/strata -p 1347:1347 strata node run --network calibnet --repo /var/lib/strata --listen /ip4/0.0.0.0/tcp/1347
# Packages have the versions of the Debian release; hadolint's DL3008 would have each one named.
# hadolint global ignore=DL3008
FROM debian:12 AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends make ca-certificates git >/dev/null
WORKDIR /src
COPY . .
RUN make build && cmake --install build/release --prefix /usr --strip
# The packages with the shared libraries of the program, found by their files. A library whose package is not found fails
# here, and not when the program starts.
RUN ldd /usr/bin/strata | awk '/not found/ {exit 1} /=> \// {print $3}' | xargs -n1 readlink -f >/libraries && \
    while read -r file; do dpkg -S "$file" 2>/dev/null || dpkg -S "${file#/usr}"; done </libraries | \
    cut -d: -f1 | sort -u >/packages && \
    test -s /packages

FROM debian:12
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
COPY --from=build /packages /packages
RUN apt-get update -qq && xargs apt-get install -y -qq --no-install-recommends ca-certificates </packages >/dev/null && \
    rm -rf /var/lib/apt/lists/* /packages && \
    groupadd --system --gid 1347 strata && \
    useradd --system --uid 1347 --gid strata --create-home --home-dir /var/lib/strata strata
COPY --from=build /usr/bin/strata /usr/bin/strata
# By its number, so that a host that demands a user other than root can tell.
USER 1347:1347
VOLUME /var/lib/strata
ENTRYPOINT ["/usr/bin/strata"]
CMD ["--help"]
