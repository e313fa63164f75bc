#pragma once
// Sends messages of a node's owner: fills in nonce and gas, and signs.
#include <strata/chain/api.hpp>

namespace strata::wallet {
class Wallet;
}

namespace strata::chain {

/// Fills in nonce, gas and signature; nothing is published. `from` may be an ID or a key; the message names the key.
/// `max_fee` bounds what the message may cost (0: the default). Errors: verification if it would fail on the head
/// state; not_found if the sender has no actor or its private key is not in the wallet.
Result<SignedMessage> price_and_sign(Chain& chain, wallet::Wallet& wallet, Message message,
                                     const TokenAmount& max_fee = {});
/// Does the same, and then puts the message into the pool and sends it to the peers.
Result<Cid> send_message(Chain& chain, wallet::Wallet& wallet, Message message, const TokenAmount& max_fee = {});

}  // namespace strata::chain
