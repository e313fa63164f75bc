#include <strata/net/yamux.hpp>

#include "target.hpp"

// A session stays within its limits, whatever a peer sends: the first byte says which side this is and how it reads.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace strata;
    using namespace strata::net;
    if (size == 0) return 0;
    constexpr std::uint64_t kMemory = 1 << 20;
    const YamuxLimits limits{.streams = 4, .inbound = 3, .max_window = 512 << 10};
    MemoryAccount account(kMemory);
    {
        Instant now{1};
        Yamux session((data[0] & 1) != 0 ? Role::dialer : Role::listener, limits, account, now);
        const bool reads = (data[0] & 2) != 0;
        if (const auto id = session.open(now)) session.write(*id, Bytes(1000, 'x'));
        std::uint64_t received = 0;
        for (BytesView rest(data + 1, size - 1); !rest.empty();) {
            const auto part = rest.first(std::min<std::size_t>(rest.size(), 17));
            rest = rest.subspan(part.size());
            now += Instant(1);
            const bool alive = session.on_bytes(part, now).has_value();
            for (const auto& event : session.take_events()) {
                if (reads) received += session.read(event.stream, 100).size();
                if (event.kind == Yamux::Event::Kind::finished) session.finish(event.stream);
                if ((data[0] & 4) != 0) session.close(event.stream, now);
            }
            const Bytes out = session.take_output(4096, now);
            STRATA_CHECK(out.size() <= 4096);
            STRATA_CHECK(session.stream_count() <= limits.streams && account.used() <= kMemory);
            if (!alive || !session.on_time(now)) break;
        }
        STRATA_CHECK(received <= size);
    }
    STRATA_CHECK(account.used() == 0);
    return 0;
}
