#pragma once
// Gives all actors of a state the code of a newer version, without touching their states. The keys of the map of actors
// stay the same, so its nodes keep their shape: each node is read, changed and written by itself, and a node
// that the cache knows is not read again. Source: go-state-types migration/runner.go and builtin/v18/migration/top.go
// (which build the map anew, with the same result).
#include <map>

#include <strata/base/mutex.hpp>
#include <strata/ipld/blockstore.hpp>

namespace strata::migration {

/// The new code by the old one.
using CodeMap = std::map<Cid, Cid>;

/// Remembers the changed nodes, so that most of the work can be done ahead of an upgrade: a later state shares most
/// nodes with an earlier one. It changes the time of a migration, never its result. Thread-safe.
class NodeCache {
  public:
    /// Holds at most `capacity` nodes, about 150 bytes each. A full cache stays as it is.
    explicit NodeCache(std::size_t capacity = kDefaultCapacity) : capacity_(capacity) {}
    static constexpr std::size_t kDefaultCapacity = 1 << 20;

    /// Names the codes for which nodes are looked up. If they differ from those of the last call, the cache is emptied.
    /// Returns the number of this filling, for find() and put(), which do nothing once a later one has begun.
    std::uint64_t use_for(const CodeMap& codes) STRATA_EXCLUDES(mutex_);
    std::optional<Cid> find(std::uint64_t filling, const Cid& node) const STRATA_EXCLUDES(mutex_);
    void put(std::uint64_t filling, const Cid& node, const Cid& changed) STRATA_EXCLUDES(mutex_);
    std::size_t size() const STRATA_EXCLUDES(mutex_);

  private:
    const std::size_t capacity_;
    mutable Mutex mutex_;
    CodeMap codes_ STRATA_GUARDED_BY(mutex_);
    std::uint64_t filling_ STRATA_GUARDED_BY(mutex_) = 0;
    // By the digests of the nodes' CIDs, which are all of one kind.
    std::map<Hash256, Hash256> nodes_ STRATA_GUARDED_BY(mutex_);
};

/// Changes the code of all actors below `root`, the state root, and returns the new state root. A node of the cache
/// counts only if `blocks` has it; every node is written after the nodes below it, so `blocks` then has those too,
/// unless blocks are removed from it. Errors: missing_block, io, malformed; internal if an actor has code that is not
/// in `codes`; unsupported for a state tree of a different version.
Result<Cid> swap_codes(Blockstore& blocks, const Cid& root, const CodeMap& codes, NodeCache& cache);

}  // namespace strata::migration
