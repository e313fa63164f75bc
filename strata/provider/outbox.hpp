#pragma once
// Messages on their way. The signed message stands in the record of what it is for, written before it is published, so
// that it is the same message after a restart: never two, never none. Source: docs/protocol/storage.md §6.2, §19 (7).
#include <map>

#include <strata/provider/message_chain.hpp>
#include <strata/provider/wakeups.hpp>

namespace strata::provider {

class Outbox {
  public:
    Outbox(MessageChain& chain, ChainEpoch confidence) : chain_(chain), confidence_(confidence) {}

    /// Publishes the message, unless that was done shortly before.
    Status keep_alive(const SignedMessage& message, ChainEpoch epoch);

    enum class Outcome {
        waiting,
        landed,  // as deep below the head as the configuration wants
        failed,  // landed with an exit code, or refused by this node's pool
        lost,    // can never land; a new message has to be made
    };
    struct Settled {
        Outcome outcome{};
        bool out_of_gas = false;
        std::string reason{};  // of `failed`
    };
    /// Finds out what became of `message`. While it waits, `wakeups` says when to look again.
    Result<Settled> settle(const SignedMessage& message, ChainEpoch epoch, Wakeups& wakeups);

  private:
    MessageChain& chain_;
    ChainEpoch confidence_;
    std::map<Cid, ChainEpoch> published_;
};

}  // namespace strata::provider
