#pragma once
// Keeps an index in step with the chain, on a thread of its own that heads wake: it takes back what left the chain,
// adds what came, and completes the index down to genesis in small steps with pauses. It reads the chain like any other
// caller, so the chain never waits for it. After a restart it goes on from the last tipset that the index has.
#include <atomic>
#include <chrono>
#include <memory>
#include <stop_token>
#include <thread>

#include <strata/base/log.hpp>
#include <strata/chain/api.hpp>
#include <strata/index/chain_index.hpp>

namespace strata::index {

/// Brings the index to the head of the chain. Every step is durable. Returns early if a stop is requested. Errors:
/// those of reading the chain and of writing the index; the next call goes on where this one ended.
Status follow(chain::Chain& chain, ChainIndex& index, const std::stop_token& stop = {});

/// Adds at most `most` tipsets below the lowest one. Returns false if there are none left. Errors: missing_block where
/// the node has no messages, states or events of older tipsets, as below a snapshot.
Result<bool> extend_down(chain::Chain& chain, ChainIndex& index, std::uint64_t most, const std::stop_token& stop = {});

class Follower {
  public:
    struct Pace {
        std::uint64_t tipsets = 32;           // of one step down
        std::chrono::milliseconds pause{20};  // between two steps down
        std::chrono::seconds after_error{30};
    };

    /// Starts the thread. `chain` and `index` must outlive the follower.
    Follower(chain::Chain& chain, ChainIndex& index, Pace pace);
    ~Follower();
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

  private:
    struct Wake;
    void work(const std::stop_token& stop);
    std::chrono::milliseconds extend(const std::stop_token& stop);

    chain::Chain& chain_;
    ChainIndex& index_;
    const Pace pace_;
    const std::shared_ptr<Wake> wake_;
    LogLimit failures_{1, std::chrono::hours(1)};  // of the thread; a disk that is full is so for long
    std::jthread thread_;
};

}  // namespace strata::index
