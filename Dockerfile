# docker build -t strata . && docker run --rm strata --version
# docker run -v strata:/var/lib/strata -p 1347:1347 strata node run --network calibnet --repo /var/lib/strata --listen /ip4/0.0.0.0/tcp/1347
FROM debian:12 AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends make ca-certificates git >/dev/null
WORKDIR /src
COPY . .
RUN make build && cmake --install build/release --prefix /usr --strip
# The packages with the shared libraries of the program, found by their files.
RUN ldd /usr/bin/strata | awk '/=> \// {print $3}' | xargs -n1 readlink -f | xargs -n1 dpkg -S 2>/dev/null | \
    cut -d: -f1 | sort -u >/packages

FROM debian:12
COPY --from=build /packages /packages
RUN apt-get update -qq && xargs apt-get install -y -qq --no-install-recommends ca-certificates </packages >/dev/null && \
    rm -rf /var/lib/apt/lists/* /packages && \
    useradd --system --create-home --home-dir /var/lib/strata --user-group strata
COPY --from=build /usr/bin/strata /usr/bin/strata
USER strata
VOLUME /var/lib/strata
ENTRYPOINT ["/usr/bin/strata"]
CMD ["--help"]
