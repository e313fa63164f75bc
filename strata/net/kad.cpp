#include <strata/net/kad.hpp>

namespace strata::net {
namespace {

constexpr unsigned kMaxBits = 15;  // go-libp2p-kbucket table_refresh.go maxCplForRefresh
constexpr std::uint64_t kTries = 1 << 19;

bool supports(const Identify& identify, std::string_view protocol) {
    return std::ranges::find(identify.protocols, protocol) != identify.protocols.end();
}

}  // namespace

std::vector<Multiaddr> Kad::passable(std::vector<Multiaddr> addresses) const {
    if (config_.only_public)
        std::erase_if(addresses,
                      [](const Multiaddr& address) { return !is_public(address) && !ip_group(address).empty(); });
    return addresses;
}

/// Returns the addresses of a connected peer: those that it says of itself, or else those at which this
/// node reached it; the port of one that came by itself is not one that it listens on.
std::vector<Multiaddr> Kad::addresses_of(const PeerId& peer) const {
    const auto* identify = swarm_.identified(peer);
    if (identify != nullptr && !identify->listen.empty()) return passable(identify->listen);
    return passable(swarm_.dialed_remotes(peer));
}

// Only peers that list the protocol answer it; clients do not (libp2p/specs kad-dht, "Client and server mode").
void Kad::on_identified(const PeerId& peer, const Identify& identify) {
    if (!supports(identify, config_.protocol)) {
        forget(peer);
        return;
    }
    if (table_.find(peer) != nullptr)
        table_.set_addresses(peer, addresses_of(peer));
    else
        check(peer, {});
}

/// Asks a peer for those near to itself, to see whether it may enter or stay in the table (go-libp2p-kad-dht dht.go
/// lookupCheck).
void Kad::check(const PeerId& peer, const std::vector<Multiaddr>& addresses) {
    if (checks_.size() >= config_.checks || checks_.contains(peer)) return;
    if (table_.find(peer) == nullptr && !table_.wants(peer)) return;
    const auto ticket = next_id_++;
    checks_[peer] = {ticket, now() + config_.connect_time + config_.answer_time};
    ask(peer, addresses, to_bytes(peer.bytes()), [self = self_, peer, ticket](const Result<KadMessage>& told) {
        if (*self != nullptr) (*self)->on_checked(peer, ticket, told);
    });
}

void Kad::on_checked(const PeerId& peer, std::uint64_t ticket, const Result<KadMessage>& told) {
    const auto it = checks_.find(peer);
    if (it == checks_.end() || it->second.ticket != ticket) return;
    checks_.erase(it);
    // A node of a network with many peers knows somebody.
    if (told && (!told->closer.empty() || table_.size() < config_.table.bucket))
        on_peer_answered(peer);
    else
        forget(peer);
}

void Kad::on_peer_answered(const PeerId& peer) {
    if (!swarm_.is_connected(peer)) return;
    auto addresses = addresses_of(peer);
    if (config_.only_public && std::ranges::none_of(addresses, is_public)) return;
    if (table_.size() == 0) {
        fills_ = true;
        refreshes_ = 0;
        settles_ = kNever;
    }
    const bool is_new = table_.add(peer, std::move(addresses), swarm_.remotes(peer), now(), fills_);
    if (is_new && table_.size() <= config_.few_peers) refresh(/*all=*/false);
}

void Kad::forget(const PeerId& peer) {
    if (table_.find(peer) == nullptr) return;
    table_.remove(peer);
    wants_refresh_ = wants_refresh_ || table_.size() <= config_.few_peers;
}

void Kad::check_all_connected() {
    for (const auto& peer : swarm_.peers())
        if (const auto* identify = swarm_.identified(peer)) on_identified(peer, *identify);
}

void Kad::bootstrap() {
    check_all_connected();
    last_refresh_ = now() - config_.refresh_pause;
    refresh(/*all=*/true);
}

void Kad::refresh(bool all) {
    if (refreshing_ || now() < last_refresh_ + config_.refresh_pause) {
        wants_refresh_ = true;
        return;
    }
    wants_refresh_ = false;
    refreshing_ = true;
    last_refresh_ = now();
    for (const auto& peer : table_.silent_since(now() - config_.silence)) check(peer, table_.find(peer)->addresses);
    to_refresh_.push_back({});
    for (unsigned bits = 0; bits <= std::min(table_.most_shared_bits(), kMaxBits); ++bits) {
        const auto last = refreshed_.find(bits);
        if (all || last == refreshed_.end() || now() > last->second + config_.refresh_every)
            to_refresh_.push_back(bits);
    }
    next_refresh();
}

/// Looks up the next key of the refresh. One after the other, since nobody waits for them.
void Kad::next_refresh() {
    while (!to_refresh_.empty()) {
        const auto bits = to_refresh_.front();
        to_refresh_.pop_front();
        auto key = bits ? name_at(*bits) : to_bytes(swarm_.id().bytes());
        if (!key) continue;
        start(std::move(*key), config_.refresh_time, {}, [this, bits](KadLookup&) {
            if (bits) refreshed_[*bits] = now();
            next_refresh();
        });
        return;
    }
    refreshing_ = false;
    if (++refreshes_ == 2) settles_ = now() + config_.settle_time;
    // The peers that the first refresh found know more.
    if (std::exchange(fills_, false)) wants_refresh_ = true;
}

/// Returns a random PeerId that shares exactly `bits` bits with this node. A key is a hash, so it is found by trying.
std::optional<Bytes> Kad::name_at(unsigned bits) {
    Bytes name{0x12, 0x20};  // a sha2-256 multihash
    append(name, swarm_.random().bytes<32>());
    for (std::uint64_t i = 0; i < kTries; ++i) {
        store_be(name.data() + 2, i);
        if (shared_bits(kad_key(name), table_.self()) == bits) return name;
    }
    return {};
}

void Kad::on_time(Instant now) {
    now_ = now;
    std::vector<std::uint64_t> late;
    std::vector<std::tuple<std::uint64_t, PeerId, std::uint64_t>> silent;
    for (const auto& [id, walk] : walks_) {
        if (now >= walk.deadline) late.push_back(id);
        for (const auto& [peer, asked] : walk.asked)
            if (now >= asked.deadline) silent.emplace_back(id, peer, asked.ticket);
    }
    for (const auto& [id, peer, ticket] : silent)
        on_told(id, peer, ticket, fail(Errc::cancelled, "the peer did not answer in time"));
    for (const auto id : late) finish(id);
    std::vector<std::pair<PeerId, std::uint64_t>> unchecked;
    for (const auto& [peer, asked] : checks_)
        if (now >= asked.deadline) unchecked.emplace_back(peer, asked.ticket);
    for (const auto& [peer, ticket] : unchecked)
        on_checked(peer, ticket, fail(Errc::cancelled, "the peer did not answer in time"));

    if (now >= settles_) {
        settles_ = kNever;
        table_.make_all_irreplaceable();
    }
    if (now >= next_look_) {
        next_look_ = now + config_.look_for_more_every;
        if (table_.size() <= config_.few_peers) {
            check_all_connected();
            wants_refresh_ = true;
        }
    }
    if (now >= next_refresh_) {
        next_refresh_ = now + config_.refresh_every;
        wants_refresh_ = true;
    }
    if (wants_refresh_ && !refreshing_) refresh(/*all=*/false);
}

Instant Kad::next_time() const {
    Instant next = std::min({next_refresh_, next_look_, settles_});
    if (wants_refresh_ && !refreshing_) next = std::min(next, last_refresh_ + config_.refresh_pause);
    for (const auto& [id, walk] : walks_) {
        next = std::min(next, walk.deadline);
        for (const auto& [peer, asked] : walk.asked) next = std::min(next, asked.deadline);
    }
    for (const auto& [peer, asked] : checks_) next = std::min(next, asked.deadline);
    return next;
}

Kad::Stats Kad::stats() const {
    std::size_t serving = 0;
    for (const auto& [peer, count] : serving_) serving += count;
    return {walks_.size(), checks_.size(), serving, refreshing_};
}

}  // namespace strata::net
