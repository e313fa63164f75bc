#pragma once
// The market's door to the chain, on both sides of a deal: what it reads there and what it sends. Everything is as of
// the head. It adds a wallet to the door of the chain (chain/api.hpp).
// Thread-safe.
#include <strata/provider/message_chain.hpp>

namespace strata::chain {
class Chain;
struct Network;
}  // namespace strata::chain
namespace strata::vm {
class StateTree;
}
namespace strata::wallet {
class Wallet;
}

namespace strata::market {

class MarketChain : public provider::MessageChain {
  public:
    virtual const chain::Network& network() const = 0;
    /// The state after the head.
    virtual Result<vm::StateTree> head_state() = 0;

    /// A message with nonce, gas and signature, not published yet. `from` may be an ID or a key. Errors: verification
    /// where it would fail on the head state; not_found without a sender or its key.
    virtual Result<SignedMessage> sign(Message message) = 0;
    /// The same, then into the pool and to the peers.
    virtual Result<Cid> send(Message message) = 0;
    /// A signature of `signer`'s key over any bytes; `signer` may be an ID. Errors: not_found without the key.
    virtual Result<Signature> sign_bytes(const Address& signer, BytesView bytes) = 0;
};

/// Both must outlive the object.
std::unique_ptr<MarketChain> market_chain_through(chain::Chain& chain, wallet::Wallet& wallet);

}  // namespace strata::market
