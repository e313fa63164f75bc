#pragma once
// A message of this node's owner: nonce, gas and signature filled in.
#include <strata/chain/full_node.hpp>

namespace strata::wallet {
class Wallet;
}

namespace strata::chain {

/// Not published yet. `from` may be an ID or a key; the message names the key. `max_fee` bounds what it may cost (0:
/// the default). Errors: verification where it would fail on the head state; not_found without a sender or its key.
Result<SignedMessage> price_and_sign(FullNode& node, wallet::Wallet& wallet, Message message,
                                     const TokenAmount& max_fee = {});
/// The same, then into the pool and to the peers.
Result<Cid> send_message(FullNode& node, wallet::Wallet& wallet, Message message, const TokenAmount& max_fee = {});

}  // namespace strata::chain
