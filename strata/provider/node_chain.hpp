#pragma once
// A miner's view of the chain: the door of the chain (chain/api.hpp) with a wallet.
#include <strata/provider/miner_chain.hpp>

namespace strata::chain {
class Chain;
}
namespace strata::wallet {
class Wallet;
}

namespace strata::provider {

// These implement MessageChain::publish() and fate() through the door of the chain.
Status publish_through(chain::Chain& chain, const SignedMessage& message);
Result<MessageFate> fate_through(chain::Chain& chain, const SignedMessage& message);

/// `chain` and `wallet` must outlive the object. Errors: not_found if the head's state has no such miner.
Result<std::unique_ptr<MinerChain>> chain_through(chain::Chain& chain, wallet::Wallet& wallet, const Address& miner);

}  // namespace strata::provider
