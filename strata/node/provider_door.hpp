#pragma once
// The door of a node's provider for its owner, over HTTP (docs/operating.md). Every path needs a token that allows
// `admin`, because the answers name files and failures of this machine.
//   GET  /provider/sectors            {"Miner", "Sectors"}: the sectors with their states, those in work or failed
//   first,
//                                     at most kMostSectors
//   GET  /provider/storage            the disk space that the provider takes and has
//   POST /provider/pledge             begins a sector without data: {"Sector": N}
//   POST /provider/sectors/N/retry    begins a failed sector again after the last step that holds: {"Sector": N}
#include <deque>
#include <filesystem>
#include <functional>

#include <strata/base/mutex.hpp>
#include <strata/http/message.hpp>
#include <strata/types/basic.hpp>

namespace strata::api {
class Tokens;
}
namespace strata::provider {
class Provider;
}

namespace strata::node {

class ProviderDoor {
  public:
    static constexpr std::size_t kMostSectors = 10'000;

    /// The provider and the tokens must outlive the object. `miner` is the provider's address as a text, and `folder`
    /// holds its sectors.
    ProviderDoor(provider::Provider& provider, const api::Tokens& tokens, std::string miner,
                 std::filesystem::path folder)
        : provider_(provider), tokens_(tokens), miner_(std::move(miner)), folder_(std::move(folder)) {}
    ProviderDoor(const ProviderDoor&) = delete;
    ProviderDoor& operator=(const ProviderDoor&) = delete;
    /// Answers the requests that wait.
    ~ProviderDoor() { stop(); }

    /// Returns true for /provider and the paths below it.
    static bool serves(std::string_view path);
    /// May be called from any thread. What changes the provider is answered after the next run_due().
    http::Response handle(const http::Request& request) STRATA_EXCLUDES(mutex_);
    /// Does what requests asked for. To be called on the chain's thread.
    void run_due(ChainEpoch epoch) STRATA_EXCLUDES(mutex_);
    /// Answers the requests that wait, and all later ones, with 503.
    void stop() STRATA_EXCLUDES(mutex_);

  private:
    /// Does the work at an epoch and returns the answer.
    using Work = std::function<http::Response(ChainEpoch epoch)>;
    struct Waiting {
        Work work;
        http::Done done;
    };
    http::Response sectors() const;
    http::Response storage() const;
    http::Response later(Work work) STRATA_EXCLUDES(mutex_);
    void take(Waiting waiting) STRATA_EXCLUDES(mutex_);

    provider::Provider& provider_;
    const api::Tokens& tokens_;
    const std::string miner_;
    const std::filesystem::path folder_;
    Mutex mutex_;
    std::deque<Waiting> waiting_ STRATA_GUARDED_BY(mutex_);
    bool stopped_ STRATA_GUARDED_BY(mutex_) = false;
};

}  // namespace strata::node
