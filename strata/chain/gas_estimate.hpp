#pragma once
// Fills in what a sender left open: gas limit, fee cap, premium. Native actors charge less gas than the official ones,
// so a limit found here fits this VM. Source: node.md §14.6 (lotus node/impl/gasutils).
#include <strata/chain/message_pool.hpp>

namespace strata::chain {

/// 0.07 FIL: the most that a message may cost where nobody says otherwise.
TokenAmount default_max_fee();

/// Fields that are 0 are filled in; `max_fee` bounds fee cap times gas limit (0: the default).
/// Errors: verification if the message fails on the head state (with its exit code); not_found without a sender.
Result<Message> estimate_gas(StateManager& states, MessagePool& pool, const TipsetPtr& head, Message message,
                             TokenAmount max_fee);

/// Runs the message on the state after `head`, behind its sender's pending messages, for free and with the gas of a
/// whole block. The receipt says how it ended. Errors: not_found without a sender; verification if it may not send.
Result<vm::Applied> run_for_gas(StateManager& states, MessagePool& pool, const TipsetPtr& head, Message message);
/// Each alone. `margin`: 25 percent is added to what the run used.
Result<std::int64_t> estimate_gas_limit(StateManager& states, MessagePool& pool, const TipsetPtr& head,
                                        Message message);
/// A premium that is likely to be included within `blocks` blocks.
Result<TokenAmount> estimate_premium(StateManager& states, const TipsetPtr& head, std::uint64_t blocks);
/// A fee cap that holds while the base fee rises for `blocks` blocks.
Result<TokenAmount> estimate_fee_cap(StateManager& states, const TipsetPtr& head, const TokenAmount& premium,
                                     std::uint64_t blocks);
/// Lowers fee cap and premium so that the message costs `max_fee` at most.
void cap_fee(Message& message, const TokenAmount& max_fee);

}  // namespace strata::chain
