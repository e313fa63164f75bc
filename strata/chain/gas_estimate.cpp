#include <strata/chain/gas_estimate.hpp>

#include <strata/chain/base_fee.hpp>

namespace strata::chain {
namespace {

// Source: node.md §14.6.
constexpr std::int64_t kLimitPercent = 125;
constexpr std::uint64_t kPremiumBlocks = 10;
constexpr std::uint64_t kFeeCapBlocks = 20;
constexpr std::int64_t kBlockGasTarget = kBlockGasLimit / 2;
constexpr std::int64_t kWalkedPerMille = 525;  // of the target of all blocks, from the dearest down

std::int64_t least_premium(std::uint64_t blocks) {
    return blocks == 1 ? 200'000 : blocks == 2 ? 150'000 : 100'000;
}

// As long as the real one, which is what inclusion costs.
SignedMessage with_blank_signature(Message message, const Address& key) {
    const auto kind = key.protocol();
    if (kind == Address::Protocol::bls) return {std::move(message), {Signature::Type::bls, Bytes(96)}};
    const auto type = kind == Address::Protocol::delegated ? Signature::Type::delegated : Signature::Type::secp256k1;
    return {std::move(message), {type, Bytes(65)}};
}

Result<SenderAccount> sender_of(StateManager& states, const TipsetPtr& head, const Address& from) {
    STRATA_TRY(const auto after, states.state_after(head));
    STRATA_TRY(auto state, vm::StateTree::load(states.chain().blocks(), after.state_root));
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(state));
    STRATA_TRY(const auto id, state.resolve(from));
    if (!id) return fail(Errc::not_found, "no actor for the sender " + from.to_string());
    return sender_account(state, manifest, from);
}

}  // namespace

TokenAmount default_max_fee() {
    return div_floor(fil(7), 100);
}

Result<vm::Applied> run_for_gas(StateManager& states, MessagePool& pool, const TipsetPtr& head, Message message) {
    STRATA_TRY(const auto account, sender_of(states, head, message.from));
    std::vector<ChainMessage> run;
    message.nonce = account.nonce;
    // What waits before it changes what it finds.
    for (const auto& entry : pool.pending_from(account.key)) {
        if (entry.message.message.nonce != message.nonce) break;
        run.push_back({entry.message.message, entry.message.chain_length()});
        ++message.nonce;
    }
    // Free, so that the balance does not limit the gas; the length is that of a message with fees.
    message.gas_limit = kBlockGasLimit;
    message.gas_fee_cap = message.gas_premium = fil(1);
    const std::size_t length = with_blank_signature(message, account.key).chain_length();
    message.gas_fee_cap = message.gas_premium = 0;
    run.push_back({message, length});
    return states.simulate(head, run, StateManager::Simulate::paid);
}

Result<std::int64_t> estimate_gas_limit(StateManager& states, MessagePool& pool, const TipsetPtr& head,
                                        Message message) {
    STRATA_TRY(const auto applied, run_for_gas(states, pool, head, std::move(message)));
    if (applied.receipt.exit_code != 0)
        return fail(Errc::verification, "message execution failed: exit " + std::to_string(applied.receipt.exit_code) +
                                            ", reason: " + applied.failure);
    const auto limit = static_cast<std::int64_t>(applied.receipt.gas_used) * kLimitPercent / 100;
    return std::min(limit, kBlockGasLimit);
}

Result<TokenAmount> estimate_premium(StateManager& states, const TipsetPtr& head, std::uint64_t blocks) {
    blocks = std::clamp<std::uint64_t>(blocks, 1, 100);
    std::vector<GasBid> bids;
    std::int64_t block_count = 0;
    TipsetPtr at = head;
    for (std::uint64_t i = 0; i < 2 * blocks && at->height() > 0; ++i) {
        block_count += static_cast<std::int64_t>(at->blocks().size());
        STRATA_TRY(const auto messages, states.messages_of(*at));
        for (const auto& block : messages)
            for (const auto& [message, length] : block) bids.push_back({message.gas_limit, message.gas_premium});
        STRATA_TRY(at, states.chain().parent(*at));
    }
    std::ranges::sort(bids, [](const GasBid& a, const GasBid& b) { return b.premium < a.premium; });
    BigInt left = div_floor(BigInt(kBlockGasTarget) * BigInt(block_count) * BigInt(kWalkedPerMille), 1000);
    TokenAmount premium;
    std::optional<TokenAmount> dearer;
    for (const auto& bid : bids) {
        left -= BigInt(bid.gas_limit);
        if (left.is_negative()) {
            // Between the price that crosses the mark and the one before it.
            premium = dearer ? div_floor(bid.premium + *dearer, 2) : bid.premium + BigInt(1);
            break;
        }
        dearer = bid.premium;
    }
    return max(premium, BigInt(least_premium(blocks)));
}

Result<TokenAmount> estimate_fee_cap(StateManager& states, const TipsetPtr& head, const TokenAmount& premium,
                                     std::uint64_t blocks) {
    STRATA_TRY(const TokenAmount base_fee, base_fee_after(states.chain(), *head));
    BigInt numerator = base_fee;
    BigInt denominator = 1;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(blocks, 1000); ++i) {
        numerator *= BigInt(9);
        denominator *= BigInt(8);
    }
    return div_floor(numerator, denominator) + premium;
}

void cap_fee(Message& message, const TokenAmount& max_fee) {
    const TokenAmount& most = max_fee.is_zero() ? default_max_fee() : max_fee;
    if (message.gas_limit > 0 && message.gas_fee_cap * BigInt(message.gas_limit) > most)
        message.gas_fee_cap = div_floor(most, BigInt(message.gas_limit));
    message.gas_premium = min(message.gas_premium, message.gas_fee_cap);
}

Result<Message> estimate_gas(StateManager& states, MessagePool& pool, const TipsetPtr& head, Message message,
                             TokenAmount max_fee) {
    if (message.gas_limit == 0) {
        STRATA_TRY(message.gas_limit, estimate_gas_limit(states, pool, head, message));
    }
    if (message.gas_premium.is_zero()) {
        STRATA_TRY(message.gas_premium, estimate_premium(states, head, kPremiumBlocks));
    }
    if (message.gas_fee_cap.is_zero()) {
        STRATA_TRY(message.gas_fee_cap, estimate_fee_cap(states, head, message.gas_premium, kFeeCapBlocks));
        cap_fee(message, max_fee);
    }
    return message;
}

}  // namespace strata::chain
