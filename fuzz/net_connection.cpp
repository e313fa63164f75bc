#include <strata/net/test_link.hpp>

#include "target.hpp"

namespace {

using namespace strata;
using namespace strata::net;
using Kind = Connection::Event::Kind;

/// Changes bytes on their way as the input says: each pair is how many bytes pass and what is added to the next one.
class Meddler {
  public:
    explicit Meddler(BytesView plan) : plan_(plan), next_(plan.empty() ? 0 : plan[0]) {}
    /// Returns true if it changed a byte.
    bool meddle(Bytes& bytes) {
        bool changed = false;
        for (; plan_.size() >= 2 && next_ < passed_ + bytes.size(); next_ += 1 + (plan_.empty() ? 0 : plan_[0])) {
            bytes[next_ - passed_] = static_cast<std::uint8_t>(bytes[next_ - passed_] + plan_[1]);
            changed |= plan_[1] != 0;
            plan_ = plan_.subspan(2);
        }
        passed_ += bytes.size();
        return changed;
    }

  private:
    BytesView plan_;
    std::size_t next_;  // counted over all bytes of both directions
    std::size_t passed_ = 0;
};

void use(testing::End& end) {
    end.collect();
    for (const auto& event : end.events) {
        if (event.kind == Kind::readable) end.connection.write(event.stream, end.connection.read(event.stream, 1000));
        if (event.kind == Kind::finished) end.connection.finish(event.stream);
    }
    end.events.clear();
}

}  // namespace

// Two connections whose bytes are changed on the way end in good order; without a change they agree.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    testing::Link link;
    Meddler meddler({data, std::min<std::size_t>(size, 64)});
    bool changed = false;
    bool opened = false;
    const auto carry = [&](testing::End& from, testing::End& to) {
        Bytes bytes = from.connection.take_output(1000, link.now);
        if (bytes.empty()) return false;
        changed |= meddler.meddle(bytes);
        to.connection.on_bytes(bytes, link.now);
        return true;
    };
    for (int round = 0; round < 100; ++round) {
        link.now += Instant(1);
        const bool there = carry(link.dialer, link.listener);
        const bool back = carry(link.listener, link.dialer);
        use(link.listener);
        link.dialer.collect();
        if (!opened && link.dialer.connection.is_ready()) {
            const auto stream = link.dialer.connection.open({"/echo"}, link.now);
            opened = stream.has_value();
        }
        for (const auto& event : std::exchange(link.dialer.events, {}))
            if (event.kind == Kind::opened) {
                link.dialer.connection.write(event.stream, as_bytes("hello"));
                link.dialer.connection.finish(event.stream);
            }
        if (!there && !back) break;
    }
    if (!changed)
        STRATA_CHECK(link.dialer.connection.is_ready() && link.listener.connection.is_ready() &&
                     link.dialer.connection.remote() == PeerId::of(link.listener.identity.public_key()));
    link.dialer.connection.on_time(Instant(100'000));
    link.listener.connection.on_time(Instant(100'000));
    return 0;
}
