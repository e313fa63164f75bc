// Times a handshake of both sides, and bytes over one stream, between two connections in memory. The figures of
// go-libp2p over loopback are in oracle/net's README: 0.69 ms of CPU for a handshake in the dialer, 0.8 s of CPU for
// 1 GiB.
#include <benchmark/benchmark.h>

#include <strata/net/test_link.hpp>

namespace strata::net {
namespace {

void handshake(benchmark::State& state) {
    for (auto _ : state) {
        testing::Link link;
        link.run();
        STRATA_CHECK(link.dialer.connection.is_ready());
    }
}
BENCHMARK(handshake)->Unit(benchmark::kMicrosecond);

void one_stream(benchmark::State& state) {
    testing::Link link;
    link.run();
    const auto id = link.dialer.connection.open({"/echo"}, link.now).value();
    link.run();
    const Bytes part(1 << 20);
    for (auto _ : state) {
        BytesView left(part);
        for (std::size_t got = 0; got < part.size();) {
            left = left.subspan(link.dialer.connection.write(id, left));
            link.carry(link.dialer, link.listener);
            got += link.listener.connection.read(id, SIZE_MAX).size();
            link.carry(link.listener, link.dialer);
        }
        link.dialer.events.clear();
        link.listener.events.clear();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(part.size()));
}
BENCHMARK(one_stream)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strata::net
