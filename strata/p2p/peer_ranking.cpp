#include <strata/p2p/peer_ranking.hpp>

#include <algorithm>

namespace strata::p2p {
namespace {

// The parts of an average that one new value has: 1/10 of a peer's, 1/25 of all peers' (lotus localInvAlpha,
// globalInvAlpha).
constexpr std::int64_t kOwnPart = 10;
constexpr std::int64_t kGlobalPart = 25;

template <class T>
void add_to(std::optional<T>& average, T time, std::int64_t part) {
    average = average ? *average + (time - *average) / part : time;
}

}  // namespace

void PeerRanking::on_round_trip(const net::PeerId& peer, net::Instant time) {
    const auto it = peers_.find(peer);
    if (it != peers_.end() && !it->second.average) it->second.average = time;
}

void PeerRanking::take(Record& record, net::Instant time, std::uint64_t tipsets) {
    const Time each = Time(time) / static_cast<std::int64_t>(std::max<std::uint64_t>(tipsets, 1));
    if (record.successes + record.failures == 1) record.average.reset();  // a round trip counts no longer
    add_to(record.average, each, kOwnPart);
}

void PeerRanking::on_success(const net::PeerId& peer, net::Instant time, std::uint64_t tipsets) {
    add_to(average_, Time(time), kGlobalPart);
    const auto it = peers_.find(peer);
    if (it == peers_.end()) return;
    ++it->second.successes;
    take(it->second, time, tipsets);
}

void PeerRanking::on_failure(const net::PeerId& peer, net::Instant time, std::uint64_t tipsets) {
    const auto it = peers_.find(peer);
    if (it == peers_.end()) return;
    ++it->second.failures;
    take(it->second, time, tipsets);
}

void PeerRanking::exclude(const net::PeerId& peer, net::Instant until) {
    const auto it = peers_.find(peer);
    if (it != peers_.end()) it->second.excluded_until = until;
}

PeerRanking::Time PeerRanking::cost(const Record& record) const {
    const Time global = average_.value_or(Time(0));
    const auto requests = static_cast<std::int64_t>(record.successes + record.failures);
    // A new peer counts as a little better than the average, so that it is tried.
    if (requests == 0) return record.average.value_or(global * 9 / 10);
    return *record.average + global * static_cast<std::int64_t>(record.failures) / requests;
}

std::vector<net::PeerId> PeerRanking::order(net::Instant now, crypto::RandomSource& random) const {
    std::vector<std::pair<Time, net::PeerId>> known;
    for (const auto& [peer, record] : peers_)
        if (now >= record.excluded_until) known.emplace_back(cost(record), peer);
    std::ranges::sort(known);
    for (std::size_t i = std::min(known.size(), kShuffled); i > 1; --i)
        std::swap(known[i - 1], known[random.u64() % i]);
    std::vector<net::PeerId> out;
    for (const auto& [time, peer] : known) out.push_back(peer);
    return out;
}

}  // namespace strata::p2p
