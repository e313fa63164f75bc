#pragma once
// Blocks that full validation refused, so that nobody validates them twice. Only that fills it: neither gossip nor a
// source that lies. It decides nothing about peers. Thread-safe. Source: lotus chain/badtscache.go.
#include <optional>
#include <string>

#include <strata/base/lru_map.hpp>
#include <strata/base/mutex.hpp>
#include <strata/ipld/cid.hpp>

namespace strata::chain {

enum class Badness {
    permanent,       // a rule that looks the same on every node
    state_mismatch,  // our execution of the parents says something else: that may be our mistake, so it expires
};

class BadBlocks {
  public:
    /// `now`: unix seconds, as in the functions below.
    void add(const Cid& block, std::string reason, Badness badness, std::uint64_t now) STRATA_EXCLUDES(mutex_);
    /// Why the block is bad. Empty if it is not known to be, or is not any more.
    std::optional<std::string> reason(const Cid& block, std::uint64_t now) STRATA_EXCLUDES(mutex_);

  private:
    struct Entry {
        std::string reason;
        std::optional<std::uint64_t> expires;
    };
    static constexpr std::size_t kMost = 32'768;  // lotus build/buildconstants, BadBlockCacheSize
    Mutex mutex_;
    LruMap<Cid, Entry> entries_ STRATA_GUARDED_BY(mutex_){kMost};
};

}  // namespace strata::chain
