#include <strata/chain/signature_cache.hpp>

#include <strata/crypto/hash.hpp>

namespace strata::chain {
namespace {

// Returns a hash of message, signature and key, the three inputs that decide whether the signature is valid.
Hash256 id_of(const SignedMessage& message, const Address& key) {
    Bytes all = to_bytes(message.message.cid().bytes());
    append(all, key.bytes());
    all.push_back(static_cast<std::uint8_t>(message.signature.type));
    append(all, message.signature.data);
    return crypto::blake2b_256(all);
}

}  // namespace

Status SignatureCache::check(const Network& network, const SignedMessage& message, const Address& key) {
    const Hash256 id = id_of(message, key);
    if (is_known(id)) return {};
    STRATA_OK(check_message_signature(network, message, key));
    remember(id);
    return {};
}

bool SignatureCache::is_known(const Hash256& id) {
    const Lock lock(mutex_);
    if (young_.contains(id)) return true;
    const auto it = old_.find(id);
    if (it == old_.end()) return false;
    if (young_.size() < capacity_) young_.insert(old_.extract(it));
    return true;
}

void SignatureCache::remember(const Hash256& id) {
    const Lock lock(mutex_);
    if (young_.size() >= capacity_) {
        old_ = std::move(young_);
        young_.clear();
    }
    young_.insert(id);
}

std::size_t SignatureCache::size() const {
    const Lock lock(mutex_);
    return young_.size() + old_.size();
}

}  // namespace strata::chain
