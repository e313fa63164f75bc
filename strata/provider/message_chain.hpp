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
};

}  // namespace strata::provider
