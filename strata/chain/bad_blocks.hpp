#pragma once
// Remembers the blocks that full validation refused, so that none is validated twice. Only validation and the node's
// owner add to it, never gossip or the word of a peer, and it says nothing about peers. Thread-safe. Source: lotus
// chain/badtscache.go.
#include <optional>
#include <string>

#include <strata/base/lru_map.hpp>
#include <strata/base/mutex.hpp>
#include <strata/ipld/cid.hpp>

namespace strata::chain {

/// The kind of a refusal, which decides whether it may be forgotten.
enum class Badness {
    permanent,       // the block breaks a rule that gives the same answer on every node
    state_mismatch,  // our execution of its parents gives a different state, which may be our mistake, so the entry
                     // expires
};

class BadBlocks {
  public:
    /// `now` is in Unix seconds, here and below.
    void add(const Cid& block, std::string reason, Badness badness, std::uint64_t now) STRATA_EXCLUDES(mutex_);
    /// Adds a block that the node's owner calls bad.
    void add_by_hand(const Cid& block, std::string reason) STRATA_EXCLUDES(mutex_);
    void remove(const Cid& block) STRATA_EXCLUDES(mutex_);
    void clear() STRATA_EXCLUDES(mutex_);
    /// Returns why the block is bad. Empty if it is not known to be bad, or if that knowledge has expired.
    std::optional<std::string> reason(const Cid& block, std::uint64_t now) STRATA_EXCLUDES(mutex_);
    /// Does the same for a caller without a clock: `now` is the latest time that any call has given.
    std::optional<std::string> reason(const Cid& block) STRATA_EXCLUDES(mutex_);

  private:
    struct Entry {
        std::string reason;
        std::optional<std::uint64_t> expires;
    };
    std::optional<std::string> reason_at(const Cid& block, std::uint64_t now) STRATA_REQUIRES(mutex_);

    static constexpr std::size_t kCapacity = 32'768;  // lotus build/buildconstants, BadBlockCacheSize
    Mutex mutex_;
    LruMap<Cid, Entry> entries_ STRATA_GUARDED_BY(mutex_){kCapacity};
    std::uint64_t latest_ STRATA_GUARDED_BY(mutex_) = 0;  // unix seconds
};

}  // namespace strata::chain
