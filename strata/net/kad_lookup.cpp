#include <strata/net/kad_lookup.hpp>

#include <algorithm>

namespace strata::net {
namespace {

void add_addresses(std::vector<Multiaddr>& to, std::vector<Multiaddr>&& more) {
    for (auto& address : more)
        if (to.size() < 2 * KadMessage::kMaxAddresses && std::ranges::find(to, address) == to.end())
            to.push_back(std::move(address));
}

}  // namespace

KadLookup::KadLookup(const PeerId& self, const KadKey& target, KadLookupLimits limits)
    : self_(self), target_(target), limits_(limits) {
    STRATA_CHECK(limits.heard > limits.concurrency);
}

void KadLookup::hear(KadPeer peer) {
    if (peer.id == self_) return;
    const auto distance = kad_distance(target_, kad_key(peer.id.bytes()));
    const auto known = candidates_.find(distance);
    if (known != candidates_.end()) {
        add_addresses(known->second.peer.addresses, std::move(peer.addresses));
        return;
    }
    candidates_.emplace(distance, Candidate{std::move(peer)});
    if (candidates_.size() <= limits_.heard) return;
    // The farthest that nobody waits for has to go; of the others there are as many as are asked at once.
    for (auto last = std::prev(candidates_.end());; --last)
        if (last->second.state != State::waiting) {
            candidates_.erase(last);
            return;
        }
}

/// Returns true if the nearest peers have answered, so that nobody nearer is to be expected.
bool KadLookup::has_converged() const {
    std::size_t answered = 0;
    for (const auto& [distance, candidate] : candidates_) {
        if (candidate.state == State::failed) continue;
        if (candidate.state != State::answered) return false;
        if (++answered == limits_.resiliency) return true;
    }
    return waiting_.empty();
}

std::optional<KadPeer> KadLookup::next() {
    if (waiting_.size() >= limits_.concurrency || asked_ >= limits_.asked) return {};
    follows_up_ = follows_up_ || has_converged();
    std::size_t results = 0;
    for (auto& [distance, candidate] : candidates_) {
        if (candidate.state == State::failed) continue;
        // At the end those of the result are asked that were not yet, so that dead ones are not in it.
        if (follows_up_ && ++results > limits_.results) break;
        if (candidate.state != State::heard) continue;
        candidate.state = State::waiting;
        waiting_.insert(candidate.peer.id);
        ++asked_;
        return candidate.peer;
    }
    return {};
}

void KadLookup::on_answer(const PeerId& peer, std::vector<KadPeer> closer) {
    if (waiting_.erase(peer) == 0) return;
    candidates_.at(kad_distance(target_, kad_key(peer.bytes()))).state = State::answered;
    // The nearest peers are found by now, and what those that are asked last say would only prolong the walk.
    if (follows_up_) return;
    for (auto& one : closer) hear(std::move(one));
}

void KadLookup::on_failure(const PeerId& peer) {
    if (waiting_.erase(peer) == 0) return;
    candidates_.at(kad_distance(target_, kad_key(peer.bytes()))).state = State::failed;
}

bool KadLookup::is_over() {
    if (!waiting_.empty()) return false;
    if (asked_ >= limits_.asked) return true;
    follows_up_ = follows_up_ || has_converged();
    std::size_t results = 0;
    for (const auto& [distance, candidate] : candidates_) {
        if (candidate.state == State::failed) continue;
        if (follows_up_ && ++results > limits_.results) break;
        if (candidate.state == State::heard) return false;
    }
    return true;
}

std::vector<KadPeer> KadLookup::nearest() const {
    std::vector<KadPeer> out;
    for (const auto& [distance, candidate] : candidates_) {
        if (out.size() == limits_.results) break;
        if (candidate.state != State::failed) out.push_back(candidate.peer);
    }
    return out;
}

const KadPeer* KadLookup::find(const PeerId& peer) const {
    const auto it = candidates_.find(kad_distance(target_, kad_key(peer.bytes())));
    return it == candidates_.end() || it->second.state == State::failed ? nullptr : &it->second.peer;
}

}  // namespace strata::net
