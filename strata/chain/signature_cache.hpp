#pragma once
// Signatures that were found good, so that a message is verified once although it passes the pool, block production and
// gossip. Bad ones are not remembered: they would let a peer push the good ones out. Thread-safe; verification runs
// outside the lock. Source: lotus chain/messagepool/messagepool.go (sigValCache).
#include <set>

#include <strata/base/mutex.hpp>
#include <strata/chain/message_rules.hpp>

namespace strata::chain {

/// How many good signatures are remembered at least (lotus buildconstants.VerifSigCacheSize).
inline constexpr std::size_t kVerifiedSignatures = 32'000;

class SignatureCache {
  public:
    explicit SignatureCache(std::size_t capacity = kVerifiedSignatures) : capacity_(capacity) {}

    /// The answer of check_message_signature, from memory if it was good before.
    Status check(const Network& network, const SignedMessage& message, const Address& key);

    /// How many are remembered: at most twice the capacity.
    std::size_t size() const;

  private:
    bool is_known(const Hash256& id);
    void remember(const Hash256& id);

    const std::size_t capacity_;
    mutable Mutex mutex_;
    // Two generations: when the younger one is full it becomes the older one, and the older one is forgotten. What is
    // asked for again moves to the younger one.
    std::set<Hash256> young_ STRATA_GUARDED_BY(mutex_);
    std::set<Hash256> old_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::chain
