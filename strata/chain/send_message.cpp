#include <strata/chain/send_message.hpp>

#include <strata/chain/gas_estimate.hpp>
#include <strata/chain/miner_view.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::chain {

Result<SignedMessage> price_and_sign(FullNode& node, wallet::Wallet& wallet, Message message,
                                     const TokenAmount& max_fee) {
    if (message.from.as_id()) {
        STRATA_TRY(auto state, node.head_state());
        STRATA_TRY(message.from, key_of(state, message.from));
    }
    STRATA_TRY(message.nonce, node.pool().next_nonce(message.from));
    STRATA_TRY(message, estimate_gas(node.states(), node.pool(), node.head(), std::move(message), max_fee));
    STRATA_TRY(auto signature, wallet.sign(message.from, message.cid().bytes()));
    return SignedMessage{std::move(message), std::move(signature)};
}

Result<Cid> send_message(FullNode& node, wallet::Wallet& wallet, Message message, const TokenAmount& max_fee) {
    STRATA_TRY(const auto signed_message, price_and_sign(node, wallet, std::move(message), max_fee));
    return node.push(signed_message);
}

}  // namespace strata::chain
