#include <strata/simulation/lossy_carrier.hpp>

namespace strata::simulation {

LossyCarrier::Place LossyCarrier::add_place() {
    places_.emplace_back();
    return places_.size() - 1;
}

void LossyCarrier::plug(Place place, net::Swarm& swarm) {
    places_[place].swarm = &swarm;
    places_[place].wakes = net::kNever;
    touch(place);
}

void LossyCarrier::unplug(Place place, Leave how) {
    auto& state = places_[place];
    state.swarm = nullptr;
    const auto wires = std::exchange(state.wires, {});
    for (const auto& [id, number] : wires) {
        Wire& wire = wires_.at(number);
        const std::size_t side = wire.ends[0].place == place && wire.ends[0].id == id ? 0 : 1;
        wire.ends[side].is_gone = true;
        wire.ends[side].held.clear();
        if (how == Leave::reset && !wire.ends[1 - side].is_gone) say_end(number, side);
        if (wire.ends[1 - side].is_gone) wires_.erase(number);
    }
}

net::Multiaddr LossyCarrier::address(Place place) {
    return net::Multiaddr::of_tcp(
        ByteArray<4>{10, 0, static_cast<std::uint8_t>(place >> 8), static_cast<std::uint8_t>(place)}, next_port_++);
}

void LossyCarrier::dial(Place from, Place to) {
    auto* near = places_[from].swarm;
    auto* far = places_[to].swarm;
    if (near == nullptr || far == nullptr || !can_reach(from, to)) return;
    const auto out = near->add(net::Role::dialer, address(to), far->id(), queue_.now());
    if (!out) return;
    const auto in = far->add(net::Role::listener, address(from), {}, queue_.now());
    if (!in) {
        near->remove(*out, queue_.now());
        return;
    }
    const auto number = next_wire_++;
    Wire& wire = wires_[number];
    wire.ends[0].place = from;
    wire.ends[0].id = *out;
    wire.ends[1].place = to;
    wire.ends[1].id = *in;
    places_[from].wires[*out] = number;
    places_[to].wires[*in] = number;
    touch(from);
    touch(to);
}

LossyCarrier::Wire* LossyCarrier::find(std::uint64_t wire) {
    const auto it = wires_.find(wire);
    return it == wires_.end() ? nullptr : &it->second;
}

void LossyCarrier::touch(Place place) {
    auto& state = places_[place];
    if (state.swarm == nullptr) return;
    for (auto touched = state.swarm->take_touched(); !touched.empty(); touched = state.swarm->take_touched())
        for (const auto id : touched) {
            const auto it = state.wires.find(id);
            if (it == state.wires.end()) continue;
            const auto number = it->second;
            const Wire& wire = wires_.at(number);
            send(number, wire.ends[0].place == place && wire.ends[0].id == id ? 0 : 1);
        }
    wake_at(place);
}

void LossyCarrier::send(std::uint64_t number, std::size_t side) {
    End& from = wires_.at(number).ends[side];
    auto& swarm = *places_[from.place].swarm;
    while (from.on_the_way < kWindow) {
        Bytes bytes = swarm.take_output(from.id, kPart, queue_.now());
        if (bytes.empty()) break;
        ship(number, side, std::move(bytes));
    }
    if (!swarm.is_over(from.id) || from.on_the_way >= kWindow) return;
    say_end(number, side);
    leave(number, side);
}

void LossyCarrier::ship(std::uint64_t number, std::size_t side, Bytes bytes) {
    Wire& wire = wires_.at(number);
    End& from = wire.ends[side];
    const End& to = wire.ends[1 - side];
    from.on_the_way += bytes.size();
    if (!can_reach(from.place, to.place)) {
        from.held.push_back(std::move(bytes));
        return;
    }
    auto rate = quality_.bytes_per_second;
    if (const auto reading = places_[to.place].reading; reading != 0) rate = std::min(rate, reading);
    from.free = std::max(from.free, queue_.now()) + Instant(static_cast<std::int64_t>(bytes.size() * 1'000 / rate));
    Instant arrives = from.free + quality_.latency + queue_.draw(Instant(0), quality_.jitter);
    if (queue_.random().below(1'000) < quality_.losses)
        arrives += queue_.draw(quality_.loss_delay, 5 * quality_.loss_delay);
    // A stream of bytes keeps its order, so what follows a late part waits for it.
    from.last = std::max(from.last, arrives);
    // One after the other even at the same time: the lot of the queue must not mix the parts of one stream.
    from.last += Instant(1);
    queue_.at(from.last, [this, number, side, bytes = std::move(bytes)] { arrive(number, side, bytes); });
}

void LossyCarrier::arrive(std::uint64_t number, std::size_t side, const Bytes& bytes) {
    Wire* wire = find(number);
    if (wire == nullptr) return;
    wire->ends[side].on_the_way -= bytes.size();
    const End to = wire->ends[1 - side];
    if (!to.is_gone) {
        queue_.note(bytes);
        places_[to.place].swarm->on_bytes(to.id, bytes, queue_.now());
        touch(to.place);
    }
    wire = find(number);
    if (wire == nullptr || wire->ends[side].is_gone) return;
    const auto from = wire->ends[side].place;
    send(number, side);
    touch(from);
}

// Tells the other end, behind everything that is on the way to it, that this one is gone.
void LossyCarrier::say_end(std::uint64_t number, std::size_t side) {
    Wire& wire = wires_.at(number);
    End& from = wire.ends[side];
    if (std::exchange(from.has_said, true)) return;
    if (!can_reach(from.place, wire.ends[1 - side].place)) {
        from.holds_end = true;
        return;
    }
    const Instant arrives = std::max(from.last, queue_.now() + quality_.latency) + Instant(1);
    queue_.at(arrives, [this, number, side] { lose(number, 1 - side, "the peer closed the connection"); });
}

void LossyCarrier::lose(std::uint64_t number, std::size_t side, std::string_view why) {
    const Wire* wire = find(number);
    if (wire == nullptr || wire->ends[side].is_gone) return;
    const End end = wire->ends[side];
    places_[end.place].swarm->on_lost(end.id, fail(Errc::io, std::string(why)), queue_.now());
    leave(number, side);
    touch(end.place);
}

// This end is done with the connection; the wire goes when both are.
void LossyCarrier::leave(std::uint64_t number, std::size_t side) {
    Wire& wire = wires_.at(number);
    End& end = wire.ends[side];
    if (std::exchange(end.is_gone, true)) return;
    places_[end.place].wires.erase(end.id);
    places_[end.place].swarm->remove(end.id, queue_.now());
    if (wire.ends[1 - side].is_gone) wires_.erase(number);
}

void LossyCarrier::set_part(Place place, unsigned part) {
    places_[place].part = part;
    std::vector<std::pair<std::uint64_t, std::size_t>> open;
    for (const auto& [number, wire] : wires_)
        for (const std::size_t side : {0U, 1U}) {
            const End& end = wire.ends[side];
            const bool waits = !end.held.empty() || end.holds_end;
            if (waits && can_reach(end.place, wire.ends[1 - side].place)) open.emplace_back(number, side);
        }
    for (const auto& [number, side] : open) {
        End& end = wires_.at(number).ends[side];
        for (auto& bytes : std::exchange(end.held, {})) {
            end.on_the_way -= bytes.size();
            ship(number, side, std::move(bytes));
        }
        if (std::exchange(end.holds_end, false)) {
            end.has_said = false;
            say_end(number, side);
        }
    }
}

bool LossyCarrier::break_one(bool half) {
    std::vector<std::uint64_t> whole;
    for (const auto& [number, wire] : wires_)
        if (!wire.ends[0].is_gone && !wire.ends[1].is_gone) whole.push_back(number);
    if (whole.empty()) return false;
    const auto number = whole[queue_.random().below(whole.size())];
    const std::size_t side = queue_.random().below(2);
    // The end that does not hear of it writes into the void until its own checks find out.
    if (half) wires_.at(number).ends[side].has_said = true;
    lose(number, side, "the connection was reset");
    if (!half) lose(number, 1 - side, "the connection was reset");
    return true;
}

bool LossyCarrier::are_connected(Place a, Place b) const {
    return std::ranges::any_of(places_[a].wires, [&](const auto& entry) {
        const auto& ends = wires_.at(entry.second).ends;
        return ends[0].place == b || ends[1].place == b;
    });
}

std::size_t LossyCarrier::connections(Place place) const {
    return places_[place].wires.size();
}

void LossyCarrier::wake_at(Place place) {
    auto& state = places_[place];
    if (state.swarm == nullptr) return;
    const auto next = std::max(state.swarm->next_time(), queue_.now());
    if (next >= state.wakes || next == net::kNever) return;
    state.wakes = next;
    queue_.at(next, [this, place, next] {
        // An earlier wish, or a different swarm, replaced this one.
        if (places_[place].wakes == next) wake(place);
    });
}

void LossyCarrier::wake(Place place) {
    auto& state = places_[place];
    state.wakes = net::kNever;
    if (state.swarm == nullptr) return;
    state.swarm->on_time(queue_.now());
    // A swarm whose time does not move on would be woken for ever.
    const bool is_stuck = state.swarm->next_time() <= queue_.now();
    touch(place);
    if (is_stuck && state.swarm != nullptr) {
        const auto later = queue_.now() + Instant(10);
        state.wakes = later;
        queue_.at(later, [this, place, later] {
            if (places_[place].wakes == later) wake(place);
        });
    }
}

}  // namespace strata::simulation
