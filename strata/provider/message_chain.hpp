#pragma once
// The door through which messages go to the chain, for a provider and for a market.
#include <strata/types/message.hpp>

namespace strata::provider {

struct MessageFate {
    enum class Kind {
        waiting,
        landed,
        lost,  // a different message has used its nonce, so that it can never land
    };
    Kind kind = Kind::waiting;
    ChainEpoch height = 0;  // landed: the epoch it was executed in
    Receipt receipt;
};

/// Where messages go and what becomes of them: what an Outbox needs.
class MessageChain {
  public:
    virtual ~MessageChain() = default;
    virtual ChainEpoch head_epoch() = 0;
    /// Publishing a message twice is not an error.
    virtual Status publish(const SignedMessage& message) = 0;
    virtual Result<MessageFate> fate(const SignedMessage& message) = 0;
};

}  // namespace strata::provider
