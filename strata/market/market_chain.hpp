#pragma once
// The market's door to the chain, for both sides of a deal: what they read there and what they send. It adds a wallet
// to the door of the chain (chain/api.hpp). All answers are about the state after the head. Thread-safe.
#include <strata/provider/message_chain.hpp>

namespace strata::chain {
class Chain;
struct Network;
}  // namespace strata::chain
namespace strata::vm {
class StateTree;
}
namespace strata::provider {
struct MaxFees;
}
namespace strata::wallet {
class Wallet;
}

namespace strata::market {

class MarketChain : public provider::MessageChain {
  public:
    virtual const chain::Network& network() const = 0;
    /// Returns the state after the head.
    virtual Result<vm::StateTree> head_state() = 0;

    /// Signs a message, with nonce and gas, and does not publish it. `from` may be an ID or a key address. Errors:
    /// verification if the message would fail in the state after the head; not_found if the sender does not exist or
    /// the wallet lacks its key.
    virtual Result<SignedMessage> sign(Message message) = 0;
    /// Signs a message in the same way and publishes it.
    virtual Result<Cid> send(Message message) = 0;
    /// Signs any bytes with `signer`'s key; `signer` may be an ID address. Errors: not_found if the wallet lacks the
    /// key.
    virtual Result<Signature> sign_bytes(const Address& signer, BytesView bytes) = 0;
};

/// Both must outlive the object. Without `max_fees` the usual ones hold.
std::unique_ptr<MarketChain> market_chain_through(chain::Chain& chain, wallet::Wallet& wallet,
                                                  std::shared_ptr<const provider::MaxFees> max_fees = {});

}  // namespace strata::market
