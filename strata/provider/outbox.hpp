#pragma once
// Messages on their way. The signed message stands in the record of what it is for, written before it is published, so
// that it is the same message after a restart: never two, never none. Source: storage.md §6.2, §19 (7).
#include <map>

#include <strata/provider/miner_chain.hpp>
#include <strata/provider/wakeups.hpp>

namespace strata::provider {

class Outbox {
  public:
    Outbox(MessageChain& chain, ChainEpoch confidence) : chain_(chain), confidence_(confidence) {}

    /// Publishes unless this was done not long ago.
    Status keep_alive(const SignedMessage& message, ChainEpoch epoch);

    enum class Outcome {
        waiting,
        landed,  // and deep enough
        failed,  // landed, but it did nothing, or refused by the own pool
        lost,    // can never land: to be made anew
    };
    struct Settled {
        Outcome outcome{};
        bool out_of_gas = false;
        std::string reason{};  // of `failed`
    };
    /// Where `message` stands; what is waited for goes to the wakeups.
    Result<Settled> settle(const SignedMessage& message, ChainEpoch epoch, Wakeups& wakeups);

  private:
    MessageChain& chain_;
    ChainEpoch confidence_;
    std::map<Cid, ChainEpoch> published_;
};

}  // namespace strata::provider
