#pragma once
// Sends messages of the node's owner: fills in nonce and gas, and signs.
#include <strata/chain/full_node.hpp>

namespace strata::wallet {
class Wallet;
}

namespace strata::chain {

/// Fills in nonce, gas and signature; does not publish the message. `from` may be an ID or a key; the message names the
/// key. `max_fee` bounds the cost of the message (0: the default). Errors: verification if it would fail on the head
/// state; not_found if the sender or its private key is not here.
Result<SignedMessage> price_and_sign(FullNode& node, wallet::Wallet& wallet, Message message,
                                     const TokenAmount& max_fee = {});
/// Does the same, and then gives the message to the pool and the peers.
Result<Cid> send_message(FullNode& node, wallet::Wallet& wallet, Message message, const TokenAmount& max_fee = {});

}  // namespace strata::chain
