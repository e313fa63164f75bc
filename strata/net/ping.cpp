#include <strata/net/ping.hpp>

namespace strata::net {

Bytes PingProbe::start(crypto::RandomSource& random, Instant now) {
    STRATA_CHECK(!sent_);
    sent_ = random.bytes<kPingSize>();
    sent_at_ = now;
    return to_bytes(*sent_);
}

Result<std::optional<Instant>> PingProbe::on_bytes(BytesView bytes, Instant now) {
    const std::size_t allowed = sent_ ? kPingSize - received_.size() : 0;
    if (bytes.size() > allowed) return fail(Errc::verification, "the answer to a ping has more bytes than were sent");
    received_.push(bytes);
    if (!sent_ || received_.size() < kPingSize) return std::optional<Instant>{};
    if (!equal(received_.view(), *sent_))
        return fail(Errc::verification, "the answer to a ping has bytes that were not sent");
    sent_.reset();
    received_.clear();
    return std::optional(now - sent_at_);
}

}  // namespace strata::net
