#include <strata/chain/send_message.hpp>

#include <strata/actors/read/account.hpp>
#include <strata/vm/state_tree.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::chain {

Result<SignedMessage> price_and_sign(Chain& chain, wallet::Wallet& wallet, Message message,
                                     const TokenAmount& max_fee) {
    if (message.from.as_id()) {
        STRATA_TRY(auto state, chain.head_state());
        STRATA_TRY(message.from, actors::read::key_of(state, message.from));
    }
    STRATA_TRY(message.nonce, chain.next_nonce(message.from));
    STRATA_TRY(message, chain.estimate_gas(chain.head(), std::move(message), max_fee));
    STRATA_TRY(auto signature, wallet.sign(message.from, message.cid().bytes()));
    return SignedMessage{std::move(message), std::move(signature)};
}

Result<Cid> send_message(Chain& chain, wallet::Wallet& wallet, Message message, const TokenAmount& max_fee) {
    STRATA_TRY(const auto signed_message, price_and_sign(chain, wallet, std::move(message), max_fee));
    return chain.push(signed_message);
}

}  // namespace strata::chain
