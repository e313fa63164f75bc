#pragma once
// Fills in what a sender left open: gas limit, fee cap, premium. Native actors charge less gas than the official ones,
// so a limit found here is right only for this VM. Source: docs/protocol/node.md §14.6 (lotus
// node/impl/gasutils/gasutils.go, node/impl/full/gas.go, chain/messagepool/messagepool.go: CapGasFee).
#include <strata/chain/base_fee.hpp>
#include <strata/vm/applied.hpp>

namespace strata::chain {

class MessagePool;
class StateManager;

/// 0.07 FIL: the most that a message may cost if its sender does not say otherwise.
TokenAmount default_max_fee();

/// Fills in the fields that are 0, adds a reserve of 25 % to the gas limit that it estimates, and lowers the fees so
/// that fee cap times gas limit is at most `max_fee` (0: the default). Implements GasEstimateMessageGas. Errors: those
/// of estimate_gas_limit.
Result<Message> estimate_gas(StateManager& states, MessagePool& pool, const TipsetPtr& head, Message message,
                             const TokenAmount& max_fee);

/// Runs the message on the state after `head` and its sender's pending messages, for free and with the gas limit of a
/// full block. The receipt tells how it ended. Errors: not_found if the sender has no actor; verification if the sender
/// may not send.
Result<vm::Applied> run_for_gas(StateManager& states, MessagePool& pool, const TipsetPtr& head, Message message);
/// Returns the gas that the message uses, without a reserve. Errors: verification if it fails, with its exit code;
/// those of run_for_gas.
Result<std::int64_t> estimate_gas_limit(StateManager& states, MessagePool& pool, const TipsetPtr& head,
                                        Message message);

/// Returns the mean premium of two messages: the one at 52.5 % of the gas target of `blocks` blocks, counted from the
/// highest premium down, and the one before it. If the messages use less gas, the last two count.
TokenAmount median_premium(std::vector<GasBid> bids, std::int64_t blocks);
/// Returns a premium with which a message is likely to be included within `blocks` blocks (clamped to 1..128). It reads
/// the messages of twice that number of tipsets, beginning with the head's parent. Lotus adds noise of half a percent;
/// we do not.
Result<TokenAmount> estimate_premium(StateManager& states, const TipsetPtr& head, std::uint64_t blocks);
/// Returns a fee cap that is high enough while the base fee rises for `blocks` blocks (at most 1,000) from the head's
/// own base fee.
TokenAmount estimate_fee_cap(const Tipset& head, const TokenAmount& premium, std::uint64_t blocks);
/// Lowers fee cap and premium so that the message costs `max_fee` at most (0: the default).
void cap_fee(Message& message, const TokenAmount& max_fee);

}  // namespace strata::chain
