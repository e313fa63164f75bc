#pragma once
// Keeps messages alive until they have landed. Each signed message is part of the record that it belongs to, and the
// record is written before the message is published: after a restart the same message goes out again, so it is neither
// lost nor sent in two versions. A message that blocks pass over for long is replaced in the pool with the same call
// and a higher bid; the record keeps the first one, whose fate is that of the call. Source: docs/protocol/storage.md
// §6.2, §19 (7).
#include <map>

#include <strata/provider/message_chain.hpp>
#include <strata/provider/wakeups.hpp>

namespace strata::provider {

class Outbox {
  public:
    Outbox(MessageChain& chain, ChainEpoch confidence) : chain_(chain), confidence_(confidence) {}

    /// Publishes the message, unless it was published in the last few epochs.
    Status keep_alive(const SignedMessage& message, ChainEpoch epoch);

    enum class Outcome {
        waiting,
        landed,  // executed, and as deep below the head as the configuration wants
        failed,  // landed with an exit code other than 0, or refused by this node's pool
        lost,    // can never land; a new message has to be made
    };
    struct Settled {
        Outcome outcome{};
        bool out_of_gas = false;
        std::string reason{};  // set for `failed`
    };
    /// Finds out what became of `message`. While it waits, `wakeups` says when to look again. Errors: failures of this
    /// node; the caller asks again.
    Result<Settled> settle(const SignedMessage& message, ChainEpoch epoch, Wakeups& wakeups);
    void set_confidence(ChainEpoch confidence) { confidence_ = confidence; }

  private:
    Status raise_if_passed_over(const SignedMessage& message);
    void forget(const SignedMessage& message);

    MessageChain& chain_;
    ChainEpoch confidence_;
    std::map<Cid, ChainEpoch> published_;
    std::map<Cid, ChainEpoch> bid_at_;  // height of the head when the message got its present bid
};

}  // namespace strata::provider
