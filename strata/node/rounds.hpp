#pragma once
// The rounds of a beacon that answers over a network, for a miner. They are fetched on a thread of their own, so that a
// beacon that is slow or away holds up nothing else of the node, and says what is waited for. Thread-safe.
#include <chrono>
#include <condition_variable>
#include <map>
#include <thread>

#include <strata/base/mutex.hpp>
#include <strata/chain/beacon_source.hpp>

namespace strata::node {

class Rounds final : public chain::BeaconSource {
  public:
    /// `source` may take seconds for an answer, and must outlive this.
    explicit Rounds(chain::BeaconSource& source);
    /// Waits for the answer that the source is asked for.
    ~Rounds() override;
    Rounds(const Rounds&) = delete;
    Rounds& operator=(const Rounds&) = delete;

    /// Returns a round at once if it is here; otherwise it is fetched, and asked for until it comes, unless nobody
    /// wanted it for a while. Errors: busy, with how long it is waited for and why.
    Result<BeaconEntry> entry(std::uint64_t round) override STRATA_EXCLUDES(mutex_);
    /// Says which round is waited for and for how long; empty if none is, or for less than a second. Everybody may read
    /// this, so the reason, which may name files and servers, is in the errors only.
    std::string waits_for() const STRATA_EXCLUDES(mutex_);

  private:
    using Time = std::chrono::steady_clock::time_point;
    struct Wanted {
        Time since, asked;
        std::string reason;  // empty until the source failed
    };
    static std::string text_of(std::uint64_t round, const Wanted& wanted);
    void run(const std::stop_token& stop);
    bool fetch(std::uint64_t round) STRATA_EXCLUDES(mutex_);
    std::vector<std::uint64_t> take_wanted() STRATA_REQUIRES(mutex_);

    chain::BeaconSource& source_;
    mutable Mutex mutex_;
    std::condition_variable_any changed_;
    std::map<std::uint64_t, Wanted> wanted_ STRATA_GUARDED_BY(mutex_);
    bool is_new_ STRATA_GUARDED_BY(mutex_) = false;  // a round was asked for that the thread does not know of yet
    std::map<std::uint64_t, Bytes> here_ STRATA_GUARDED_BY(mutex_);
    std::jthread thread_;  // last: it uses all others
};

}  // namespace strata::node
