#include <strata/net/memory_carrier.hpp>

namespace strata::net {

Status MemoryCarrier::connect(Swarm& dialer, Swarm& listener, std::optional<PeerId> expected, Swarm::Done done) {
    const auto address = [this] { return Multiaddr::of_tcp(ByteArray<4>{127, 0, 0, 1}, next_port_++); };
    STRATA_TRY(const auto near, dialer.add(Role::dialer, address(), std::move(expected), now_, std::move(done)));
    auto far = listener.add(Role::listener, address(), {}, now_);
    if (!far) {
        dialer.remove(near, now_);
        return std::move(far).error();
    }
    wires_.push_back({{&dialer, near}, {&listener, *far}});
    return {};
}

bool MemoryCarrier::carry(const End& from, const End& to) {
    const Bytes bytes = from.swarm->take_output(from.id, kPart, now_);
    if (!bytes.empty()) to.swarm->on_bytes(to.id, bytes, now_);
    // An end that is over has nothing more to send, so the other side learns that it is gone.
    else if (from.swarm->is_over(from.id) && !to.swarm->is_over(to.id))
        to.swarm->on_lost(to.id, fail(Errc::io, "the peer closed the connection"), now_);
    return !bytes.empty();
}

void MemoryCarrier::run() {
    for (bool any = true; any;) {
        any = false;
        for (const auto& wire : wires_) {
            any |= carry(wire.dialer, wire.listener);
            any |= carry(wire.listener, wire.dialer);
        }
    }
    std::erase_if(wires_, [this](const Wire& wire) {
        if (!is_dead(wire)) return false;
        wire.dialer.swarm->remove(wire.dialer.id, now_);
        wire.listener.swarm->remove(wire.listener.id, now_);
        return true;
    });
}

void MemoryCarrier::advance(Instant by) {
    now_ += by;
    for (const auto& wire : wires_) {
        wire.dialer.swarm->on_time(now_);
        wire.listener.swarm->on_time(now_);
    }
    run();
}

}  // namespace strata::net
