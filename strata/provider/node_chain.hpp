#pragma once
// A miner's view of the chain: the door of the chain (chain/api.hpp) with a wallet.
#include <memory>

#include <strata/provider/miner_chain.hpp>

namespace strata::chain {
class Chain;
}
namespace strata::wallet {
class Wallet;
}

namespace strata::provider {

struct MaxFees;

// These implement MessageChain::publish() and fate() through the door of the chain.
Status publish_through(chain::Chain& chain, const SignedMessage& message);
/// Implements MessageChain::raise_bid(). The new bid is what the chain estimates now, at least what the pool demands of
/// a replacement and at most what costs `max_fee`. Errors: out_of_range if the bound is below that; those of push().
Status raise_bid_through(chain::Chain& chain, wallet::Wallet& wallet, const SignedMessage& message,
                         const TokenAmount& max_fee);
/// Returns an amount that is given in nanoFIL.
TokenAmount nano_fil(std::int64_t amount);
Result<MessageFate> fate_through(chain::Chain& chain, const SignedMessage& message);

/// `chain` and `wallet` must outlive the object. Errors: not_found if the head's state has no such miner.
Result<std::unique_ptr<MinerChain>> chain_through(chain::Chain& chain, wallet::Wallet& wallet, const Address& miner,
                                                  std::shared_ptr<const MaxFees> max_fees = {});

}  // namespace strata::provider
