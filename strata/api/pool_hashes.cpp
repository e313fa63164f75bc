#include <strata/api/pool_hashes.hpp>

#include <strata/chain/ethereum_transaction.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/pool_entry.hpp>

namespace strata::api {

std::shared_ptr<PoolHashes> PoolHashes::open(chain::Chain& chain) {
    const std::shared_ptr<PoolHashes> out(new PoolHashes(chain));
    chain.on_pool_change([weak = std::weak_ptr(out)](const SignedMessage& message, bool is_added) {
        if (const auto self = weak.lock()) self->note(message, is_added);
    });
    // The messages of the owner's last run are there before anybody listens. One that leaves the pool right now may
    // stay noted; find() asks the pool again.
    if (const auto waiting = chain.pending())
        for (const auto& entry : *waiting) out->note(entry.message, true);
    return out;
}

void PoolHashes::note(const SignedMessage& message, bool is_added) {
    if (message.signature.type != Signature::Type::delegated) return;
    const auto hash = chain::ethereum_hash(message, chain_.network().chain_id);
    if (!hash) return;
    const Lock lock(mutex_);
    if (is_added) {
        cids_.insert_or_assign(*hash, message.cid());
    } else {
        cids_.erase(*hash);
    }
}

Result<std::optional<SignedMessage>> PoolHashes::find(const Hash256& hash) {
    Cid cid;
    {
        const Lock lock(mutex_);
        const auto it = cids_.find(hash);
        if (it == cids_.end()) return std::optional<SignedMessage>{};
        cid = it->second;
    }
    return chain_.find_pending(cid);
}

}  // namespace strata::api
