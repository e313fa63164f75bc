#include <strata/p2p/peer_manager.hpp>

#include <algorithm>

#include <strata/base/log.hpp>
#include <strata/base/varint.hpp>

namespace strata::p2p {
namespace {

using net::Instant;
using net::Multiaddr;
using net::PeerId;

const Log kLog("peers");
constexpr std::uint64_t kVersion = 1;  // of the record
constexpr std::size_t kMaxBackoffs = 4'096;
constexpr int kAbsenceParts = 128;  // a peer that was away for some time is dialled again after this part of it
constexpr int kEpochParts = 4;      // the first pause of a lost peer is this part of an epoch

void put_bytes(Bytes& to, BytesView bytes) {
    put_uvarint(to, bytes.size());
    append(to, bytes);
}

/// Others would fail, and take the places of those that do not.
std::vector<Multiaddr> only_tcp(std::vector<Multiaddr> addresses) {
    std::erase_if(addresses, [](const auto& address) { return !address.is_tcp(); });
    return addresses;
}

Result<BytesView> take_bytes(BytesView& from, std::size_t max) {
    STRATA_TRY(const auto size, take_uvarint(from));
    if (size > max)
        return fail(Errc::too_large, "a field of the peer record has " + std::to_string(size) +
                                         " bytes, expected at most " + std::to_string(max));
    if (size > from.size()) return fail(Errc::truncated, "the peer record ends inside a field");
    const auto out = from.first(size);
    from = from.subspan(size);
    return out;
}

}  // namespace

PeerManager::PeerManager(PeerManagerConfig config, crypto::RandomSource& random, Instant now)
    : config_(std::move(config)),
      random_(random),
      self_(std::make_shared<PeerManager*>(this)),
      now_(now),
      next_look_(now),
      next_discovery_(now) {
    STRATA_CHECK(config_.dial && config_.disconnect && config_.discover && config_.low <= config_.high);
    for (const auto& address : config_.bootstrap)
        if (const auto peer = address.peer()) bootstrap_peers_.insert(*peer);
}

PeerManager::~PeerManager() {
    *self_ = nullptr;
}

void PeerManager::on_connected(const PeerId& peer, Instant now) {
    now_ = now;
    connections_[peer].since = now;
    on_found(peer);
    backoffs_.erase(peer);
}

/// The same cause may have hidden others, so they are dialled too, without waiting for the end of their pauses.
void PeerManager::on_found(const PeerId& peer) {
    const auto it = remembered_.find(peer);
    if (it == remembered_.end() || !std::exchange(it->second.lost, {})) return;
    if (!backoffs_.contains(peer) || now_ < next_reset_) return;
    next_reset_ = now_ + config_.epoch;
    for (const auto& [other, known] : remembered_) backoffs_.erase(other);
    next_look_ = now_;
}

void PeerManager::on_disconnected(const PeerId& peer, bool is_lost, Instant now) {
    now_ = now;
    const auto it = connections_.find(peer);
    const bool was_good = it != connections_.end() && it->second.is_good;
    if (it != connections_.end()) connections_.erase(it);
    const auto known = remembered_.find(peer);
    if (!is_lost || !was_good || known == remembered_.end()) return;
    known->second.lost = now;
    // Not at once, since the other side does the same.
    const auto longest = static_cast<std::uint64_t>((config_.epoch / (2 * kEpochParts)).count());
    next_look_ = std::min(next_look_, now + Instant(static_cast<Instant::rep>(random_.below(longest + 1))));
}

void PeerManager::on_good(const PeerId& peer, const std::vector<Multiaddr>& addresses, Instant now) {
    now_ = now;
    const auto it = connections_.find(peer);
    if (it == connections_.end()) return;
    const bool is_first = !std::exchange(it->second.is_good, true);
    remember(peer, addresses);
    if (const auto there = remembered_.find(peer); is_first && there != remembered_.end()) ++there->second.score;
}

void PeerManager::on_bad(const PeerId& peer, Instant now) {
    now_ = now;
    remembered_.erase(peer);
    if (const auto it = connections_.find(peer); it != connections_.end()) it->second.is_good = false;
    back_off(peer, 31);
}

void PeerManager::set_marks(std::size_t low, std::size_t high) {
    config_.low = std::min(low, high);
    config_.high = high;
}

void PeerManager::on_useful(const PeerId& peer) {
    if (const auto it = connections_.find(peer); it != connections_.end()) ++it->second.useful;
}

std::size_t PeerManager::good() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(connections_, [](const auto& one) { return one.second.is_good; }));
}

bool PeerManager::is_protected(const PeerId& peer) const {
    return bootstrap_peers_.contains(peer) || (config_.is_protected && config_.is_protected(peer));
}

void PeerManager::on_time(Instant now) {
    now_ = now;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> late;
    for (const auto& [id, dial] : dials_)
        if (now >= dial.deadline) late.emplace_back(id, dial.attempt);
    for (const auto& [id, attempt] : late)
        on_dialed(id, attempt, fail(Errc::cancelled, "the peer was not reached in time"));
    if (now < next_look_) return;
    next_look_ = now + config_.look_every;
    std::erase_if(backoffs_, [now](const auto& one) { return now >= one.second.until + Instant{3'600'000}; });
    look();
}

Instant PeerManager::next_time() const {
    Instant next = next_look_;
    for (const auto& [id, dial] : dials_) next = std::min(next, dial.deadline);
    return next;
}

void PeerManager::look() {
    close_some();
    if (connections_.size() < config_.high) dial_remembered(config_.high - connections_.size(), /*only_lost=*/true);
    const auto there = good();
    if (there >= config_.low) return;
    dial_remembered(config_.low - there, /*only_lost=*/false);
    if (connections_.empty()) {
        if (dials_.empty()) dial_bootstrap();
        return;
    }
    if (now_ < next_discovery_) return;
    next_discovery_ = now_ + config_.discover_every;
    config_.discover();
}

/// Closes the least useful connections above the high mark: strangers first, then by what came from them, then the
/// youngest (go-libp2p connmgr trims by tags, and lets new ones and protected ones be).
void PeerManager::close_some() {
    if (connections_.size() <= config_.high) return;
    std::vector<std::pair<std::tuple<bool, std::uint64_t, Instant>, PeerId>> order;
    for (const auto& [peer, connection] : connections_)
        if (now_ >= connection.since + config_.grace && !is_protected(peer))
            order.emplace_back(std::tuple(connection.is_good, connection.useful, -connection.since), peer);
    std::ranges::sort(order);
    // The manager hears of each end later, when the owner says so.
    const auto count = std::min(order.size(), connections_.size() - config_.high);
    for (std::size_t i = 0; i < count; ++i) {
        kLog.debug("a connection is closed, since there are more than the high mark",
                   {{"peer", order[i].second.to_string()}});
        config_.disconnect(order[i].second);
    }
}

void PeerManager::dial_bootstrap() {
    if (now_ < next_bootstrap_ || config_.bootstrap.empty()) return;
    // The pause grows while nobody answers.
    const auto pause =
        std::min(config_.first_backoff * (1L << std::min(bootstrap_failures_, 20U)), config_.last_backoff);
    next_bootstrap_ = now_ + pause;
    ++bootstrap_failures_;
    auto addresses = only_tcp(config_.bootstrap);
    for (std::size_t i = addresses.size(); i > 1; --i) std::swap(addresses[i - 1], addresses[random_.below(i)]);
    // Those of one peer are one dial; those without a peer may belong to different ones.
    std::vector<std::pair<std::optional<PeerId>, std::vector<Multiaddr>>> wanted;
    for (auto& address : addresses) {
        const auto peer = address.peer();
        const auto known = std::ranges::find_if(wanted, [&](const auto& one) { return peer && one.first == peer; });
        auto& group = known != wanted.end() ? *known : wanted.emplace_back(peer, std::vector<Multiaddr>());
        group.second.push_back(std::move(address));
    }
    for (auto& [peer, of_peer] : wanted) {
        if (dials_.size() >= config_.dials) break;
        start(peer, std::move(of_peer), {});
    }
}

void PeerManager::dial_remembered(std::size_t count, bool only_lost) {
    std::vector<std::pair<std::uint64_t, PeerId>> best;
    for (const auto& [peer, known] : remembered_)
        if ((known.lost || !only_lost) && !connections_.contains(peer) && !is_backed_off(peer) && !is_dialing(peer))
            best.emplace_back(known.score, peer);
    std::ranges::sort(best, std::greater());
    for (const auto& [score, peer] : best) {
        if (count-- == 0 || dials_.size() >= config_.dials + config_.own_dials) break;
        start(peer, remembered_.at(peer).addresses, {});
    }
}

void PeerManager::connect(const PeerId& peer, std::vector<Multiaddr> addresses, const Done& done, Instant now) {
    now_ = now;
    addresses = only_tcp(std::move(addresses));
    if (connections_.contains(peer)) return done({});
    for (auto& [id, dial] : dials_)
        if (dial.peer == peer) {
            dial.done.push_back(done);
            return;
        }
    if (addresses.empty()) return done(fail(Errc::not_found, "no address of the peer is known"));
    if (is_backed_off(peer))
        return done(fail(Errc::busy, "the peer could not be reached, and is left alone for a while"));
    const auto most = config_.dials + (remembered_.contains(peer) ? config_.own_dials : 0);
    if (dials_.size() >= most)
        return done(fail(Errc::busy, "there are " + std::to_string(dials_.size()) + " dials, the limit"));
    start(peer, std::move(addresses), done);
}

void PeerManager::start(std::optional<PeerId> peer, std::vector<Multiaddr> addresses, Done done) {
    if (addresses.size() > config_.addresses_of_peer) addresses.resize(config_.addresses_of_peer);
    std::ranges::reverse(addresses);  // the first is tried first, and taken from the end
    const auto id = next_id_++;
    auto& dial = dials_[id];
    dial.peer = std::move(peer);
    dial.left = std::move(addresses);
    if (done) dial.done.push_back(std::move(done));
    try_next(id);
}

void PeerManager::try_next(std::uint64_t id) {
    auto& dial = dials_.at(id);
    auto address = std::move(dial.left.back());
    dial.left.pop_back();
    if (dial.peer) address = address.without_peer().with_peer(*dial.peer);
    dial.deadline = now_ + config_.dial_time;
    dial.attempt = next_id_++;
    config_.dial(address, [self = self_, id, attempt = dial.attempt](const Result<PeerId>& result) {
        if (*self != nullptr) (*self)->on_dialed(id, attempt, result);
    });
}

void PeerManager::on_dialed(std::uint64_t id, std::uint64_t attempt, const Result<PeerId>& result) {
    const auto it = dials_.find(id);
    if (it == dials_.end() || it->second.attempt != attempt) return;
    if (result) {
        bootstrap_failures_ = 0;
        end(id, {});
        return;
    }
    if (!it->second.left.empty()) {
        try_next(id);
        return;
    }
    // A failure that is this node's own, for want of room, is not the peer's.
    if (it->second.peer && result.error().code() != Errc::busy) {
        const auto known = backoffs_.find(*it->second.peer);
        back_off(*it->second.peer, known == backoffs_.end() ? 1 : known->second.failures + 1);
    }
    end(id, result.error());
}

void PeerManager::end(std::uint64_t id, const Status& result) {
    const auto dial = dials_.extract(id);
    for (const auto& done : dial.mapped().done) done(result);
}

void PeerManager::back_off(const PeerId& peer, unsigned failures) {
    if (backoffs_.size() >= kMaxBackoffs && !backoffs_.contains(peer)) {
        const auto soonest = std::ranges::min_element(backoffs_, {}, [](const auto& one) { return one.second.until; });
        backoffs_.erase(soonest);
    }
    const auto pause = pause_after(peer, failures);
    // So that peers that failed together are not tried together again.
    const Instant jitter{static_cast<Instant::rep>(random_.below(static_cast<std::uint64_t>(pause.count() / 4 + 1)))};
    backoffs_[peer] = {failures, now_ + pause + jitter};
}

Instant PeerManager::pause_after(const PeerId& peer, unsigned failures) const {
    const auto known = remembered_.find(peer);
    const auto lost = known == remembered_.end() ? std::nullopt : known->second.lost;
    const auto first = lost ? std::min(config_.first_backoff, config_.epoch / kEpochParts) : config_.first_backoff;
    const auto last = lost ? std::min(config_.last_backoff, std::max(config_.epoch / 2, (now_ - *lost) / kAbsenceParts))
                           : config_.last_backoff;
    return std::min(first * (1L << std::min(failures - 1, 20U)), last);
}

bool PeerManager::is_backed_off(const PeerId& peer) const {
    const auto it = backoffs_.find(peer);
    return it != backoffs_.end() && now_ < it->second.until;
}

bool PeerManager::is_dialing(const PeerId& peer) const {
    return std::ranges::any_of(dials_, [&](const auto& one) { return one.second.peer == peer; });
}

void PeerManager::remember(const PeerId& peer, std::vector<Multiaddr> addresses) {
    addresses = only_tcp(std::move(addresses));
    if (addresses.empty()) return;
    if (addresses.size() > config_.addresses_of_peer) addresses.resize(config_.addresses_of_peer);
    remembered_[peer].addresses = std::move(addresses);
    trim();
}

/// Forgets the worst peer above the limit; a connected one only if all are.
void PeerManager::trim() {
    while (remembered_.size() > config_.remembered)
        remembered_.erase(std::ranges::min_element(remembered_, {}, [this](const auto& one) {
            return std::pair(connections_.contains(one.first), one.second.score);
        }));
}

Bytes PeerManager::encode() const {
    std::vector<std::pair<std::uint64_t, PeerId>> best;
    for (const auto& [peer, known] : remembered_) best.emplace_back(known.score, peer);
    std::ranges::sort(best, std::greater());
    Bytes out;
    put_uvarint(out, kVersion);
    put_uvarint(out, best.size());
    for (const auto& [score, peer] : best) {
        put_bytes(out, peer.bytes());
        put_uvarint(out, score);
        const auto& addresses = remembered_.at(peer).addresses;
        put_uvarint(out, addresses.size());
        for (const auto& address : addresses) put_bytes(out, address.bytes());
    }
    return out;
}

Status PeerManager::decode(BytesView record) {
    if (record.size() > kMaxRecord)
        return fail(Errc::too_large, "the peer record has " + std::to_string(record.size()) +
                                         " bytes, expected at most " + std::to_string(kMaxRecord));
    std::map<PeerId, Remembered> read;
    STRATA_TRY(const auto version, take_uvarint(record));
    if (version != kVersion)
        return fail(Errc::malformed, "the peer record has version " + std::to_string(version) + ", expected " +
                                         std::to_string(kVersion));
    STRATA_TRY(const auto count, take_uvarint(record));
    for (std::uint64_t i = 0; i < count; ++i) {
        STRATA_TRY(const auto name, take_bytes(record, 64));
        STRATA_TRY(const auto peer, PeerId::from_bytes(name));
        Remembered known;
        STRATA_TRY(known.score, take_uvarint(record));
        STRATA_TRY(const auto addresses, take_uvarint(record));
        for (std::uint64_t j = 0; j < addresses; ++j) {
            STRATA_TRY(const auto bytes, take_bytes(record, Multiaddr::kMaxSize));
            STRATA_TRY(auto address, Multiaddr::from_bytes(bytes));
            if (known.addresses.size() < config_.addresses_of_peer) known.addresses.push_back(std::move(address));
        }
        if (!known.addresses.empty()) read.emplace(peer, std::move(known));
    }
    if (!record.empty()) return fail(Errc::trailing, "the peer record continues after its last peer");
    for (auto& [peer, known] : read) remembered_.try_emplace(peer, std::move(known));
    trim();
    return {};
}

PeerManager::Stats PeerManager::stats() const {
    const auto backed_off =
        std::ranges::count_if(backoffs_, [this](const auto& one) { return now_ < one.second.until; });
    return {connections_.size(), good(), dials_.size(), remembered_.size(), static_cast<std::size_t>(backed_off)};
}

}  // namespace strata::p2p
