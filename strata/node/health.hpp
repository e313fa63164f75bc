#pragma once
// The state of one node as its operator sees it: which part fails and why, and whether the node is ready to serve. A
// failure of one part never ends the node; the part tries again at the next epoch. Thread-safe.
#include <map>
#include <optional>
#include <string>

#include <strata/base/metrics.hpp>
#include <strata/base/mutex.hpp>
#include <strata/types/basic.hpp>

namespace strata::node {

/// The parts of a node that can fail while the others work.
enum class Part : std::uint8_t {
    network,   // taking blocks and messages from peers
    provider,  // sealing and proving
    market,    // storage deals
    mining,    // winning an epoch and making its block
};
std::string_view part_name(Part part);

struct Failure {
    std::string why;
    std::uint64_t times = 0;  // in a row
    ChainEpoch since = 0;     // the epoch of the first of them
};

class Health {
  public:
    /// `name` is the node's name in log lines. `metrics` must outlive the object.
    Health(std::string name, Metrics& metrics);

    /// Notes the epoch that the node works on.
    void at(ChainEpoch epoch) STRATA_EXCLUDES(mutex_);
    ChainEpoch epoch() const STRATA_EXCLUDES(mutex_);

    /// Notes how the part's work ended. A failure is logged when it is new, and again whenever the number of failures
    /// in a row has doubled; a success after failures is logged once.
    void ran(Part part, const Status& status) STRATA_EXCLUDES(mutex_);
    std::map<Part, Failure> failures() const STRATA_EXCLUDES(mutex_);

    /// Returns a sentence that says what the node waits for before it can serve clients; empty if it is ready. `head`
    /// is the height of the head.
    std::string waits_for(ChainEpoch head) const STRATA_EXCLUDES(mutex_);

  private:
    const std::string name_;
    Metrics& metrics_;
    mutable Mutex mutex_;
    std::optional<ChainEpoch> epoch_ STRATA_GUARDED_BY(mutex_);
    std::map<Part, Failure> failures_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::node
