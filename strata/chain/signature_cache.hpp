#pragma once
// Remembers signatures that were found valid, so that a message is verified once although it passes the pool, block
// production and gossip. Invalid ones are not remembered: a peer could use them to push the valid ones out.
// Thread-safe; verification runs outside the lock. Source: lotus chain/messagepool/messagepool.go (sigValCache).
#include <set>

#include <strata/base/mutex.hpp>
#include <strata/chain/message_rules.hpp>

namespace strata::chain {

/// The least number of valid signatures that are remembered (lotus buildconstants.VerifSigCacheSize).
inline constexpr std::size_t kVerifiedSignatures = 32'000;

class SignatureCache {
  public:
    explicit SignatureCache(std::size_t capacity = kVerifiedSignatures) : capacity_(capacity) {}

    /// Returns the answer of check_message_signature, from memory if the signature was valid before.
    Status check(const Network& network, const SignedMessage& message, const Address& key);

    /// Returns how many signatures are remembered: at most twice the capacity.
    std::size_t size() const;

  private:
    bool is_known(const Hash256& id);
    void remember(const Hash256& id);

    const std::size_t capacity_;
    mutable Mutex mutex_;
    // The cache has two generations: when the younger one is full it becomes the older one, and the previous older one
    // is dropped. A signature that is asked for again moves to the younger one, so this approximates
    // least-recently-used at constant cost.
    std::set<Hash256> young_ STRATA_GUARDED_BY(mutex_);
    std::set<Hash256> old_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::chain
