#pragma once
// The provider's view of the chain through the node it runs in.
#include <strata/chain/full_node.hpp>
#include <strata/provider/miner_chain.hpp>

namespace strata::wallet {
class Wallet;
}

namespace strata::provider {

/// MessageChain::publish() and fate() through a node.
Status publish_through(chain::FullNode& node, const SignedMessage& message);
Result<MessageFate> fate_through(chain::FullNode& node, const SignedMessage& message);

/// Both must outlive the object. Errors: not_found if the head's state has no such miner.
Result<std::unique_ptr<MinerChain>> chain_through(chain::FullNode& node, wallet::Wallet& wallet, const Address& miner);

}  // namespace strata::provider
