#include <strata/net/kad_table.hpp>

#include <algorithm>
#include <bit>
#include <set>

#include <strata/crypto/hash.hpp>

namespace strata::net {
namespace {

/// A range of IP addresses: those that begin with `bits` bits of `first`.
struct Range {
    ByteArray<4> first;
    unsigned bits;
};

// go-multiaddr net/private.go: privateCIDR4, then unroutableCIDR4.
constexpr Range kNotPublic[] = {{{127, 0, 0, 0}, 8},    {{10, 0, 0, 0}, 8},     {{100, 64, 0, 0}, 10},
                                {{172, 16, 0, 0}, 12},  {{192, 168, 0, 0}, 16}, {{169, 254, 0, 0}, 16},
                                {{0, 0, 0, 0}, 8},      {{192, 0, 0, 0}, 26},   {{192, 0, 2, 0}, 24},
                                {{192, 88, 99, 0}, 24}, {{198, 18, 0, 0}, 15},  {{198, 51, 100, 0}, 24},
                                {{203, 0, 113, 0}, 24}, {{224, 0, 0, 0}, 4},    {{240, 0, 0, 0}, 4}};

// go-libp2p-kbucket peerdiversity/filter.go legacyClassA.
constexpr std::uint8_t kOneOwner[] = {12, 17, 19, 38, 48, 53, 56, 73};

bool contains(const Range& range, BytesView ip) {
    const auto from = load_be<std::uint32_t>(range.first.data());
    return (from ^ load_be<std::uint32_t>(ip.data())) >> (32 - range.bits) == 0;
}

const AddressPart* ip_of(const Multiaddr& address) {
    if (address.empty()) return nullptr;
    // An address of IPv6 may have its zone in front.
    const auto& parts = address.parts();
    const auto& part = parts.front().protocol == Protocol::ip6zone && parts.size() > 1 ? parts[1] : parts.front();
    return part.protocol == Protocol::ip4 || part.protocol == Protocol::ip6 ? &part : nullptr;
}

std::vector<Bytes> groups_of(const std::vector<Multiaddr>& remotes) {
    std::set<Bytes> out;
    for (const auto& remote : remotes) out.insert(ip_group(remote));
    return {out.begin(), out.end()};
}

}  // namespace

KadKey kad_key(BytesView name) {
    return crypto::sha256(name);
}

KadKey kad_distance(const KadKey& a, const KadKey& b) {
    KadKey out;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = a[i] ^ b[i];
    return out;
}

unsigned shared_bits(const KadKey& a, const KadKey& b) {
    unsigned out = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto differ = static_cast<std::uint8_t>(a[i] ^ b[i]);
        out += static_cast<unsigned>(std::countl_zero(differ));
        if (differ != 0) break;
    }
    return out;
}

bool KadTable::wants(const PeerId& peer) const {
    const auto key = kad_key(peer.bytes());
    if (key == self_ || find(peer) != nullptr || size_ >= limits_.peers) return false;
    const auto it = buckets_.find(shared_bits(self_, key));
    return it == buckets_.end() || it->second.size() < limits_.bucket ||
           std::ranges::any_of(it->second, &Entry::replaceable);
}

bool KadTable::has_room_for_groups(unsigned bits, const std::vector<Bytes>& groups) const {
    if (limits_.group_in_bucket == 0 && limits_.group_in_table == 0) return true;
    // Who has no IP address could stand for any number of peers.
    if (groups.empty() || std::ranges::find(groups, Bytes()) != groups.end()) return false;
    const auto bucket = buckets_.find(bits);
    return std::ranges::all_of(groups, [&](const Bytes& group) {
        const auto in_table = groups_.find(group);
        if (limits_.group_in_table != 0 && in_table != groups_.end() && in_table->second >= limits_.group_in_table)
            return false;
        if (limits_.group_in_bucket == 0 || bucket == buckets_.end()) return true;
        const auto there = std::ranges::count_if(bucket->second, [&](const Entry& entry) {
            return std::ranges::find(entry.groups, group) != entry.groups.end();
        });
        return static_cast<std::size_t>(there) < limits_.group_in_bucket;
    });
}

bool KadTable::add(const PeerId& peer, std::vector<Multiaddr> addresses, const std::vector<Multiaddr>& remotes,
                   Instant now, bool replaceable) {
    const auto key = kad_key(peer.bytes());
    if (key == self_) return false;
    const auto bits = shared_bits(self_, key);
    if (const auto it = buckets_.find(bits); it != buckets_.end()) {
        const auto there = std::ranges::find(it->second, peer, &Entry::id);
        if (there != it->second.end()) {
            there->answered = now;
            return false;
        }
    }
    auto groups = groups_of(remotes);
    if (!wants(peer) || !has_room_for_groups(bits, groups)) return false;
    auto& bucket = buckets_[bits];
    if (bucket.size() >= limits_.bucket) remove(PeerId(std::ranges::find_if(bucket, &Entry::replaceable)->id));
    for (const auto& group : groups) ++groups_[group];
    if (addresses.size() > KadMessage::kMaxAddresses) addresses.resize(KadMessage::kMaxAddresses);
    // `remove` may have dropped the bucket, if it has room for one peer.
    buckets_[bits].push_back({peer, key, std::move(addresses), now, replaceable, std::move(groups)});
    ++size_;
    return true;
}

void KadTable::set_addresses(const PeerId& peer, const std::vector<Multiaddr>& addresses) {
    const auto it = buckets_.find(shared_bits(self_, kad_key(peer.bytes())));
    if (it == buckets_.end()) return;
    const auto there = std::ranges::find(it->second, peer, &Entry::id);
    if (there == it->second.end()) return;
    there->addresses.assign(addresses.begin(), addresses.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                       addresses.size(), KadMessage::kMaxAddresses)));
}

void KadTable::remove(const PeerId& peer) {
    const auto it = buckets_.find(shared_bits(self_, kad_key(peer.bytes())));
    if (it == buckets_.end()) return;
    const auto there = std::ranges::find(it->second, peer, &Entry::id);
    if (there == it->second.end()) return;
    for (const auto& group : there->groups)
        if (const auto count = groups_.find(group); --count->second == 0) groups_.erase(count);
    it->second.erase(there);
    --size_;
    if (it->second.empty()) buckets_.erase(it);
}

void KadTable::make_all_irreplaceable() {
    for (auto& [bits, bucket] : buckets_)
        for (auto& entry : bucket) entry.replaceable = false;
}

std::vector<const KadTable::Entry*> KadTable::nearest(const KadKey& to, std::size_t count) const {
    std::vector<std::pair<KadKey, const Entry*>> all;
    all.reserve(size_);
    for (const auto& [bits, bucket] : buckets_)
        for (const auto& entry : bucket) all.emplace_back(kad_distance(to, entry.key), &entry);
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(count, all.size()));
    std::partial_sort(all.begin(), end, all.end());
    std::vector<const Entry*> out;
    for (auto it = all.begin(); it != end; ++it) out.push_back(it->second);
    return out;
}

const KadTable::Entry* KadTable::find(const PeerId& peer) const {
    const auto it = buckets_.find(shared_bits(self_, kad_key(peer.bytes())));
    if (it == buckets_.end()) return nullptr;
    const auto there = std::ranges::find(it->second, peer, &Entry::id);
    return there == it->second.end() ? nullptr : &*there;
}

std::vector<PeerId> KadTable::silent_since(Instant before) const {
    std::vector<PeerId> out;
    for (const auto& [bits, bucket] : buckets_)
        for (const auto& entry : bucket)
            if (entry.answered < before) out.push_back(entry.id);
    return out;
}

Bytes ip_group(const Multiaddr& address) {
    const auto* part = ip_of(address);
    if (part == nullptr) return {};
    const BytesView ip = part->value;
    if (part->protocol == Protocol::ip6) return to_bytes(ip.first(4));
    const bool is_one_owner = std::ranges::find(kOneOwner, ip.front()) != std::ranges::end(kOneOwner);
    return to_bytes(ip.first(is_one_owner ? 1 : 2));
}

bool is_public(const Multiaddr& address) {
    const auto* part = ip_of(address);
    if (part == nullptr) return false;
    const bool is_relay = std::ranges::any_of(
        address.parts(), [](const AddressPart& one) { return one.protocol == Protocol::p2p_circuit; });
    if (is_relay) return false;
    // go-libp2p-kad-dht dht_filters.go: of IPv6, 2000::/3 is public.
    if (part->protocol == Protocol::ip6) return part->value.front() >> 5 == 1;
    return std::ranges::none_of(kNotPublic, [&](const Range& range) { return contains(range, part->value); });
}

}  // namespace strata::net
