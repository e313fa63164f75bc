#pragma once
// The door through which messages go to the chain, for a provider and for a market.
#include <strata/types/message.hpp>

namespace strata::provider {

struct MessageFate {
    enum class Kind {
        waiting,
        landed,
        lost,  // a different message has used its nonce, so this one can never land
    };
    Kind kind = Kind::waiting;
    ChainEpoch height = 0;  // the epoch in which it was executed, if it landed
    Receipt receipt;
};

/// Takes messages and says what became of them. An Outbox needs no more of the chain.
class MessageChain {
  public:
    virtual ~MessageChain() = default;
    virtual ChainEpoch head_epoch() = 0;
    /// Publishing a message twice is not an error.
    virtual Status publish(const SignedMessage& message) = 0;
    virtual Result<MessageFate> fate(const SignedMessage& message) = 0;
    /// Replaces a message that waits with the same call, under the same nonce and with a higher bid, as far as the
    /// highest fee allows; fate() of the old one then tells of the new one. Does not touch a message that has to wait
    /// for one before it. Without a wallet the bid stays.
    virtual Status raise_bid(const SignedMessage& message) {
        static_cast<void>(message);
        return {};
    }
};

}  // namespace strata::provider
