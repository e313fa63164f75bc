#include <strata/ipld/cid_set.hpp>

#include <bit>

#include <strata/crypto/hash.hpp>

namespace strata {
namespace {

constexpr std::size_t kKeyBytes = 16;
// 2^64 divided by the golden ratio: it spreads small numbers, and the digests that an author chose, over the table.
constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15;

}  // namespace

CidSet::Key CidSet::key_of(const Cid& cid) {
    const auto digest = cid.digest();
    // An identity CID carries its block, which is not evenly spread; short digests would leave bytes over.
    if (cid.hash() == HashCode::identity || digest.size() < kKeyBytes) {
        const auto hash = crypto::sha256(cid.bytes());
        return {load_le<std::uint64_t>(hash.data()), load_le<std::uint64_t>(hash.data() + 8)};
    }
    const std::uint64_t kind = (static_cast<std::uint64_t>(cid.codec()) << 32U) ^
                               (static_cast<std::uint64_t>(cid.hash()) << 1U) ^ cid.version();
    return {load_le<std::uint64_t>(digest.data()), load_le<std::uint64_t>(digest.data() + 8) ^ (kind * kSpread)};
}

std::size_t CidSet::place_of(const std::vector<Key>& table, const Key& key) const {
    const auto mask = table.size() - 1;
    const auto shift = 64 - std::countr_zero(table.size());
    std::size_t place = (key.low * kSpread) >> static_cast<unsigned>(shift);
    while (table[place] != Key{} && table[place] != key) place = (place + 1) & mask;
    return place;
}

void CidSet::grow() {
    std::vector<Key> wider(next_size());
    for (const auto& key : table_)
        if (key != Key{}) wider[place_of(wider, key)] = key;
    table_ = std::move(wider);
}

bool CidSet::insert(const Cid& cid) {
    const Key key = key_of(cid);
    if (key == Key{}) return !std::exchange(has_zero_, true);
    if (must_grow()) grow();
    auto& place = table_[place_of(table_, key)];
    if (place == key) return false;
    place = key;
    ++size_;
    return true;
}

bool CidSet::contains(const Cid& cid) const {
    const Key key = key_of(cid);
    if (key == Key{}) return has_zero_;
    return !table_.empty() && table_[place_of(table_, key)] == key;
}

std::uint64_t CidSet::bytes_for_next() const {
    return sizeof(Key) * (table_.size() + (must_grow() ? next_size() : 0));
}

}  // namespace strata
